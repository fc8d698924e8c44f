"""What Case Desk is compared with: the page a tutorial writes, and the same request without Case Desk."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from lib.backend.settings import Supabase
from tests.server import Server, running_server


def running_tutorial(supabase: Supabase) -> AbstractContextManager[Server]:
    """Run a tutorial's page as its reader does: with Streamlit's own settings."""
    script = Path(__file__).parent / "tutorial.py"
    return running_server(supabase, script=script, STREAMLIT_SERVER_HEADLESS="true")
