import gc

import pytest

from nhem_tui.cli.loading import loading


def test_what_is_loaded_is_never_looked_through_for_garbage() -> None:
    gc.unfreeze()
    try:
        with loading():
            assert not gc.isenabled()
            loaded = [[] for _ in range(2000)]
        assert gc.isenabled()
        assert not any(each is loaded for each in gc.get_objects())
    finally:
        gc.unfreeze()


def test_garbage_is_looked_for_again_when_loading_failed() -> None:
    with pytest.raises(ImportError), loading():
        raise ImportError
    gc.unfreeze()
    assert gc.isenabled()
