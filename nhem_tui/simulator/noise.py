"""Random numbers as a pure function of where they are used, so that every run can be repeated."""

from __future__ import annotations

from typing import Final

_MASK: Final = (1 << 64) - 1


def uniform(seed: int, stream: int, n: int) -> float:
    """Return a number in [0, 1) that depends on nothing but the arguments (splitmix64).

    Args:
        seed: of the whole simulation.
        stream: what the number is for; different streams are independent.
        n: position in the stream, any integer.
    """
    z = (seed * 0x9E3779B97F4A7C15 + stream * 0xD1B54A32D192ED03 + n * 0x8CB92BA72F3D8DD7) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((z ^ (z >> 31)) >> 11) / (1 << 53)


def bell(seed: int, stream: int, n: int) -> float:
    """Return a number with mean 0 and deviation 1, within ±3.5: nearly Gaussian."""
    total = sum(uniform(seed, stream, 4 * n + i) for i in range(4))
    return (total - 2.0) * 1.7320508075688772
