"""The server's configuration file: looked at, one value changed, reloaded, exported, imported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from nhem_tui.backend import config_tree
from nhem_tui.backend.config_tree import Change, Path
from nhem_tui.backend.sanitize import clean_text
from nhem_tui.config.secrets import Secret
from nhem_tui.tui import config_exchange as exchange
from nhem_tui.tui.cells import Part, line, paragraph
from nhem_tui.tui.needs import Needs
from nhem_tui.tui.screens.confirm import Confirm
from nhem_tui.tui.screens.differences import Differences, value_text
from nhem_tui.tui.screens.prompt import Prompt
from nhem_tui.tui.screens.server_tool import SERVER, ServerTool
from nhem_tui.tui.widgets.textpane import TextPane
from nhem_tui.tui.words import counted

LATER: Final = "The running detection keeps its values until the server restarts."
READ: Final = Needs.SERVER | Needs.LINK | Needs.PASSWORD
NAME_WIDTH: Final = 27
INDENT: Final = 3


class ConfigTree(Tree[Path]):
    """Sections and values, all unfolded at first."""

    def __init__(self, label: str, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(label, id=id)
        self.show_root = False
        self.guide_depth = INDENT

    def render_label(self, node: TreeNode[Path], base_style: Style, style: Style) -> Text:
        """A line of the tree; where the cursor is, nothing is dim: it could not be read."""
        label = super().render_label(node, base_style, style)
        return Text(label.plain, style) if node is self.cursor_node else label

    def render_line(self, y: int) -> Strip:
        """A line as wide as the tree; the cursor is a bar over all of it, as in other lists."""
        strip = super().render_line(y)
        if y + self.scroll_offset.y != self.cursor_line:
            return strip
        bar = self.get_component_rich_style("tree--cursor")
        cells = [Segment(cell.text, (cell.style or Style()) + bar) for cell in strip]
        return Strip(cells, strip.cell_length)


class ServerConfiguration(ServerTool):
    """A tree of sections and values, as the server holds it in memory."""

    CSS_PATH = "server_config.tcss"
    TITLE_WORDS = "Server configuration"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "e",
            "edit",
            "Edit",
            id="server_config.edit",
            tooltip="Write another value into the server's file.",
        ),
        Binding(
            "L",
            "load",
            "Reload file",
            id="server_config.reload",
            tooltip="Make the server read its file again (asks first).",
        ),
        Binding(
            "x",
            "export",
            "Export",
            id="server_config.export",
            tooltip="Write all of it to a file of this machine, passwords masked.",
        ),
        Binding(
            "X",
            "export_all",
            "Export with passwords",
            id="server_config.export_all",
            tooltip="Write all of it to a file of this machine, with the passwords.",
        ),
        Binding(
            "i",
            "import",
            "Import",
            id="server_config.import",
            tooltip="Read a file and show what it would change before anything is sent.",
        ),
        Binding(
            "u",
            "undo",
            "Undo",
            id="server_config.undo",
            tooltip="Write the value that stood there before the last one written from here.",
        ),
    ]
    NEEDS: ClassVar[Mapping[str, Needs]] = {
        "edit": SERVER,
        "undo": SERVER,
        "load": SERVER,
        "import": SERVER,
        "export": READ,
        "export_all": READ,
    }
    READS: ClassVar[Needs] = READ
    AUTO_FOCUS = "#tree"

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[str, Any] = {}
        """The configuration without passwords."""

    def compose_tool(self) -> ComposeResult:
        """The tree, and a line about the value under the cursor."""
        yield TextPane(id="empty")
        yield ConfigTree("", id="tree")
        yield TextPane(id="about")

    # --- reading --------------------------------------------------------------------------------

    def read(self) -> None:
        """Read the whole of it."""
        self.ask("Reading the configuration", exchange.read, self._show, needs=READ)

    def _show(self, found: dict[str, Any]) -> None:
        """Show another configuration; the cursor stays at its value."""
        place = self._path
        self._shown = found
        tree = self._tree
        tree.clear()
        _grow(tree.root, found, ())
        if tree.last_line >= 0:  # asking for its lines gives them their places
            self._go_to(place)
        self.update_body()

    @property
    def _tree(self) -> ConfigTree:
        return self.query_one(ConfigTree)

    @property
    def _path(self) -> Path | None:
        """The value under the cursor, None on a section or an empty tree."""
        node = self._tree.cursor_node
        return None if node is None or node.allow_expand else node.data

    def _go_to(self, path: Path | None) -> None:
        for node in _walk(self._tree.root):
            if node.data == path:
                self._tree.move_cursor(node)
                return
        self._tree.move_cursor_to_line(0)

    def _value(self, path: Path) -> object:
        return dict(config_tree.leaves(self._shown)).get(path)

    # --- what is said about it ------------------------------------------------------------------

    def refresh_body(self) -> None:
        """Say what is known about the value under the cursor."""
        super().refresh_body()
        pane = self.query_one("#about", TextPane)
        pane.show([line(self._about(), pane.content_size.width)])
        empty = self.query_one("#empty", TextPane)
        empty.display = not self._shown
        why = self.reason(READ) or "The configuration is being read …"
        empty.show([line([], 1), *paragraph(why, "warning", self.size.width - 4)])

    def _about(self) -> list[Part]:
        path = self._path
        if path is None:
            return [("In force after the server restarts." if self._shown else "", "muted")]
        parts: list[Part] = [(".".join(path), "strong")]
        if limit := config_tree.limit_words(path):
            parts.append((f"  {limit}", "muted"))
        if config_tree.is_secret(path):
            parts.append(("  never shown; the old one stays valid until a restart", "muted"))
        return parts

    @on(Tree.NodeHighlighted)
    def _highlighted(self) -> None:
        self.update_body()

    def why_not(self, action: str) -> str | None:
        """Nothing can be changed before it was read."""
        why = super().why_not(action)
        if why is None and not self._shown and action in ("edit", "import"):
            return f"The configuration is not read yet; {self.key('tool.read')} reads it again."
        return why

    def why_line(self) -> str:
        """Nothing as long as the same stands in place of the tree."""
        return super().why_line() if self._shown else ""

    # --- one value ------------------------------------------------------------------------------

    @on(Tree.NodeSelected)
    def _selected(self, event: Tree.NodeSelected[Path]) -> None:
        if event.node.allow_expand:
            return
        if (why := self.why_not("edit")) is not None:
            self.app.tell(why, "warning")
        else:
            self.action_edit()

    @work(group="question", exclusive=True)
    async def action_edit(self) -> None:
        """Ask for another value and write it."""
        path = self._path
        if path is None or len(path) < 2:
            self.app.tell("Choose a value of a section first.", "warning")
            return
        before, secret = self._value(path), config_tree.is_secret(path)
        name, limit = clean_text(".".join(path)), config_tree.limit_words(path)
        prompt = Prompt(
            name,
            f"Now {value_text(path, before)}{f'; {limit}' if limit else ''}.\n{LATER}",
            check=lambda text: config_tree.parse_value(path, text, before),
            text="" if secret else _editable(before),
            secret=secret,
        )
        answer = await self.app.push_screen_wait(prompt)
        if answer is not None:
            self._write(path, Secret(json.dumps(answer.value)))

    def action_undo(self) -> None:
        """Write what stood there before the last value written from here."""
        values = self.app.context.kept.values
        if values:
            self._write(*values[-1], undo=True)
        else:
            self.app.tell("Nothing to undo: no value was written from here.", "warning")

    def _write(self, path: Path, wanted: Secret, *, undo: bool = False) -> None:
        values = self.app.context.kept.values

        def conclude(found: exchange.Replaced) -> None:
            if undo:
                values.pop()
            elif found.before is not None:
                values.append((path, found.before))
            self._written(path, found)

        self.change(
            "Writing the value",
            lambda client: exchange.write(client, path, wanted),
            conclude,
            then=lambda found: self._show(found.tree),
        )

    def _written(self, path: Path, found: exchange.Replaced) -> None:
        name = clean_text(".".join(path))
        value = value_text(path, dict(config_tree.leaves(found.tree)).get(path))
        if found.arrived:
            self.app.tell(f"{name} is {value} in the server's file. {LATER}", "good")
        else:
            self.app.tell(f"The server said yes, but {name} is {value}", "warning")

    # --- the whole file -------------------------------------------------------------------------

    @work(group="question", exclusive=True)
    async def action_load(self) -> None:
        """Let the server read its file again, after asking."""
        question = Confirm(
            "Make the server read its configuration file again?",
            "What is only in its memory is lost. If the file is broken, the server replaces it by "
            f"its defaults. {LATER}",
            yes="Reload",
        )
        if await self.app.push_screen_wait(question):
            self.reload()

    def action_export(self) -> None:
        """Write the configuration without passwords to a file of this machine."""
        self._export(
            "Export to which file?",
            "Passwords are masked; an import keeps those the server has.",
            with_passwords=False,
        )

    def action_export_all(self) -> None:
        """Write all of it to a file of this machine."""
        self._export(
            "Export with passwords to which file?",
            "The server's password will stand in it in clear.",
            with_passwords=True,
        )

    @work(group="question", exclusive=True)
    async def _export(self, question: str, detail: str, *, with_passwords: bool) -> None:
        folder = self.app.context.settings.export.directory
        prompt = Prompt(
            question,
            f"{detail} Only you may read the file.",
            check=exchange.new_file,
            text=str(exchange.proposal(folder, self.app.context.clock.wall())),
        )
        answer = await self.app.push_screen_wait(prompt)
        if answer is not None:
            self.ask(
                "Exporting",
                lambda client: exchange.export(client, answer.value, with_passwords=with_passwords),
                lambda written: self.app.tell(
                    written.words, "good" if written.succeeded else "error"
                ),
                needs=READ,
            )

    @work(group="question", exclusive=True)
    async def action_import(self) -> None:
        """Ask for a file and show what it would change."""
        prompt = Prompt(
            "Import from which file?",
            "As an export writes it. What it changes is shown before anything is sent.",
            check=exchange.read_document,
        )
        answer = await self.app.push_screen_wait(prompt)
        if answer is not None:
            self.ask(
                "Comparing",
                lambda client: exchange.compare(client, answer.value),
                lambda found: self._offer_import(*found),
                needs=READ,
            )

    @work(group="question", exclusive=True)
    async def _offer_import(self, changes: list[Change], whole: Secret) -> None:
        """Show what would change, ask, and send it."""
        if not changes:
            self.app.tell("Nothing in it differs, nothing was sent", "good")
            return
        listed = Differences(f"{counted(len(changes), 'value')} would change", changes)
        if not await self.app.push_screen_wait(listed):
            return
        question = Confirm(
            f"Write {counted(len(changes), 'value')} to the server?",
            f"Its whole configuration file is replaced. {LATER}",
            yes="Import",
        )
        if await self.app.push_screen_wait(question):
            self.change(
                "Importing",
                lambda client: exchange.replace_all(client, whole),
                lambda found: self._imported(found[1]),
                then=lambda found: self._show(found[0]),
            )

    def _imported(self, left: list[Change]) -> None:
        if left:
            names = ", ".join(clean_text(".".join(change.path)) for change in left)
            self.app.tell(f"The server said yes, but these are others: {names}", "warning")
        else:
            self.app.tell(f"Imported and read back. {LATER}", "good")


def _grow(node: TreeNode[Path], tree: Mapping[str, Any], path: Path) -> None:
    """Put sections and values below `node`, all unfolded."""
    for name, value in tree.items():
        place = (*path, str(name))
        words = clean_text(str(name), 60)
        if isinstance(value, Mapping) and value:
            _grow(node.add(Text(words, "bold"), place, expand=True), value, place)
        else:
            shown = value_text(place, value)
            name = words.ljust(NAME_WIDTH - INDENT * len(path))
            node.add_leaf(Text.assemble((name, "dim"), shown), place)


def _walk(node: TreeNode[Path]) -> list[TreeNode[Path]]:
    found = [node]
    for child in node.children:
        found += _walk(child)
    return found


def _editable(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


SCREEN = ServerConfiguration
