"""A widget that shows ready-made rows and repaints only those that changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Self

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.geometry import Size as Extent
from textual.strip import Strip
from textual.widget import Widget

from nhem_tui.plot.model import Size
from nhem_tui.plot.patch import Patch
from nhem_tui.tui.cells import Cells, row_patch
from nhem_tui.tui.terminal.ink import Inks, written
from nhem_tui.tui.terminal.overprint import overprint
from nhem_tui.tui.widgets.roles import role_style

if TYPE_CHECKING:
    from nhem_tui.tui.app import NhemApp


class RowPane(Widget):
    """Rows in, cells out: knows roles and colours, nothing of what the rows say.

    A subclass names its roles: role of a span -> words of its style (`roles`).

    Rows that changed go to the terminal directly where nothing lies over the pane. Textual draws
    the same rows whenever it composes the screen, so both ways always show the same. A pane may
    have rules above and below and blanks on either side, but no lines there.
    """

    app: NhemApp

    ROLES: ClassVar[Mapping[str, str]] = {}
    NARROW: ClassVar[bool] = False
    """Every character of every row is one cell wide: none has to be measured."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._rows: Sequence[Cells] = ()
        self._cells: Size | None = None
        self._strips: dict[int, Strip] = {}
        self._title = ""
        self._entitling = False
        self._border_of: object = None
        self._border_lines: list[Strip] = []
        self._plain_styles: dict[str, Style] = {}
        self._filtered_styles: dict[str, Style] = {}
        self._inks: Inks | None = None

    @property
    def cells(self) -> Size:
        """The size to render for."""
        if self._cells is None:
            self._cells = Size(self.content_size.width, self.content_size.height)
        return self._cells

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
            self._strips.clear()
            self.refresh(layout=self.styles.is_auto_height)
            return len(rows)
        changed = [y for y, (old, new) in enumerate(zip(before, rows, strict=True)) if old != new]
        for y in changed:
            self._strips.pop(y, None)
        patches = [
            patch
            for y in changed
            if y < self.cells.height
            for patch in row_patch(y, before[y], rows[y])
        ]
        if patches and not self.overprint(patches):
            self.refresh_rows(changed)
        return len(changed)

    def overprint(self, patches: Iterable[Patch]) -> bool:
        """Write cells that changed to the terminal, if that is possible now."""
        return overprint(self, lambda place: written(patches, place, self._inks_of_theme()))

    def _inks_of_theme(self) -> Inks:
        if self._inks is None:
            self._inks = Inks(self.filtered_styles, self.app.console)
        return self._inks

    def entitle(self, title: str) -> None:
        """Write another title into the rule above; Textual would paint the whole pane again."""
        if title != self._title:
            self._title = title
            self._entitling = True
            self.border_title = title
            self._entitling = False
            self.refresh(Region(0, -1, self.outer_size.width, 1))

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Ask Textual to paint; not because of a title alone."""
        if self._entitling:
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def refresh_rows(self, changed: Sequence[int]) -> None:
        """Let Textual paint rows again."""
        width = self.cells.width
        regions = []
        for _, run in groupby(enumerate(changed), lambda pair: pair[1] - pair[0]):
            lines = [y for _, y in run]
            regions.append(Region(0, lines[0], width, len(lines)))
        if regions:
            self.refresh(*regions)

    def get_content_height(self, container: Extent, viewport: Extent, width: int) -> int:
        """As many lines as there are rows, where the height is automatic."""
        return len(self.rows)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines inside `crop`.

        Textual's way through styles, borders and caches takes half of a frame's time, and its
        cache knows nothing of what was overprinted. It serves for the borders above and below.
        """
        top, _, bottom, _ = self.gutter
        x, y, width, height = crop
        end = self.outer_size.height - bottom
        first, last = min(max(y, top), y + height), max(min(y + height, end), y)
        lines = [self._line(row - top) for row in range(first, last)]
        if (x, width) != (0, self.outer_size.width):
            lines = [strip.crop(x, x + width) for strip in lines]
        if first > y:
            lines = self._border(x, y, width, first - y) + lines
        if last < y + height:
            lines += self._border(x, last, width, y + height - last)
        return lines

    def _border(self, x: int, y: int, width: int, height: int) -> list[Strip]:
        """Lines above or below the rows, as Textual makes them; kept until something changes."""
        region = Region(x, y, width, height)
        asked = region, self.border_title, self.border_subtitle
        if asked != self._border_of:
            self._border_of, self._border_lines = asked, super().render_lines(region)
        return self._border_lines

    def _line(self, y: int) -> Strip:
        """One row with the blanks beside it as it goes to the screen, made once."""
        strip = self._strips.get(y)
        if strip is None:
            strip = self._row(y, self.filtered_styles)
            _, right, _, left = self.gutter
            if left or right:
                base = self.filtered_styles[""]
                strip = Strip.join((Strip.blank(left, base), strip, Strip.blank(right, base)))
            self._strips[y] = strip
        return strip

    def render_line(self, y: int) -> Strip:
        """One row for Textual, which filters it itself (monochrome, ANSI colours)."""
        return self._row(y, self._plain)

    def _row(self, y: int, styles: Mapping[str, Style]) -> Strip:
        width, base, rows = self.cells.width, styles[""], self.rows
        if y >= len(rows):
            return Strip.blank(width, base)
        text, spans = rows[y].text, rows[y].spans
        segments = [Segment(text[start:end], styles.get(role, base)) for start, end, role in spans]
        if self.NARROW and len(text) == width:
            return Strip(segments, width)
        return Strip(segments).adjust_cell_length(width, base)

    @property
    def _plain(self) -> Mapping[str, Style]:
        """The style of each role; that of none under the empty name."""
        if not self._plain_styles:
            self._plain_styles = {"": self.rich_style} | {
                role: role_style(self, words) for role, words in self.ROLES.items()
            }
        return self._plain_styles

    @property
    def filtered_styles(self) -> Mapping[str, Style]:
        """The styles as the app's filters leave them: filtered once, not with every row."""
        if not self._filtered_styles:
            samples = Strip([Segment(role or " ", style) for role, style in self._plain.items()])
            for line_filter in self.get_line_filters():
                samples = samples.apply_filter(line_filter, self.background_colors[1])
            self._filtered_styles = {
                role: segment.style or Style.null()
                for role, segment in zip(self._plain, samples, strict=True)
            }
        return self._filtered_styles

    def on_resize(self) -> None:
        """Forget lines of another width."""
        self._forget()

    def notify_style_update(self) -> None:
        """Forget resolved styles: the theme or a class changed."""
        self._plain_styles, self._filtered_styles, self._inks = {}, {}, None
        self._forget()
        super().notify_style_update()

    def _forget(self) -> None:
        self._cells = self._border_of = None
        self._strips.clear()
