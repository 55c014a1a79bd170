"""A widget that shows ready-made rows and repaints only those that changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.geometry import Size as Extent
from textual.strip import Strip
from textual.widget import Widget

from nhem_tui.plot.model import Size
from nhem_tui.tui.cells import Cells


class RowPane(Widget):
    """Rows in, cells out: knows roles and colours, nothing of what the rows say.

    A subclass names its roles: role of a span -> component class.
    """

    ROLES: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._rows: Sequence[Cells] = ()
        self._styles_by_role: dict[str, Style] = {}
        self._base = Style.null()

    @property
    def cells(self) -> Size:
        """The size to render for."""
        return Size(self.content_size.width, self.content_size.height)

    @property
    def rows(self) -> Sequence[Cells]:
        """What is shown."""
        return self._rows

    def show(self, rows: Sequence[Cells]) -> int:
        """Show `rows`; repaint those that differ from what is shown.

        Returns:
            How many rows were repainted.
        """
        before, self._rows = self._rows, rows
        if len(before) != len(rows):
            self.refresh(layout=self.styles.is_auto_height)
            return len(rows)
        changed = [y for y, (old, new) in enumerate(zip(before, rows, strict=True)) if old != new]
        width = self.content_size.width
        regions = []
        for _, run in groupby(enumerate(changed), lambda pair: pair[1] - pair[0]):
            lines = [y for _, y in run]
            regions.append(Region(0, lines[0], width, len(lines)))
        if regions:
            self.refresh(*regions)
        return len(changed)

    def get_content_height(self, container: Extent, viewport: Extent, width: int) -> int:
        """As many lines as there are rows, where the height is automatic."""
        return len(self._rows)

    def render_line(self, y: int) -> Strip:
        """One row as a strip."""
        width = self.content_size.width
        if not self._styles_by_role:
            self._base = self.rich_style
            self._styles_by_role = {
                role: self.get_component_rich_style(name) for role, name in self.ROLES.items()
            }
        if y >= len(self._rows):
            return Strip.blank(width, self._base)
        row, styles, base = self._rows[y], self._styles_by_role, self._base
        text = row.text
        strip = Strip(
            [Segment(text[start:end], styles.get(role, base)) for start, end, role in row.spans]
        )
        return strip.adjust_cell_length(width, base)

    def notify_style_update(self) -> None:
        """Forget resolved styles: the theme or a class changed."""
        self._styles_by_role = {}
        super().notify_style_update()
