"""An empty Textual app: the least that a first frame takes."""

from __future__ import annotations

from textual.app import App

if __name__ == "__main__":
    App[None]().run()
