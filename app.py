"""The server: the dashboard, the HTTP API and the browser sessions in one process.

Run it with `streamlit run app.py`.
"""

import asyncio
import gc
import importlib
import logging
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import streamlit as st
from anyio import to_thread
from starlette.middleware import Middleware
from streamlit import config
from streamlit.file_util import get_static_dir

from lib import bootstrap
from lib.accounts.bearer_tokens import TokenVerifier
from lib.accounts.browser_sessions import SessionStore
from lib.backend.embedded import EmbeddedSupabase
from lib.backend.settings import ROOT, Supabase, find_session_settings, find_supabase
from lib.errors import ConfigurationError
from lib.logs import configure_logging
from lib.server.draft_routes import draft_routes
from lib.server.export_routes import export_routes
from lib.server.guard import BROWSER_HEADER, Guard, content_security_policy
from lib.server.http_api import create_app
from lib.server.room import Room, raise_descriptor_limit
from lib.server.routing import ServeCases
from lib.server.session_routes import session_routes
from lib.server.static_files import ServeStatic, make_page
from lib.ui.failures import show_unexpected
from lib.ui.look import STYLE
from lib.ui.scripts import LARGEST_MESSAGE, SCRIPTS

log = logging.getLogger("case_desk")
configure_logging()
# In every run Streamlit looks through all options for those of the theme, six times; they stay what they are.
config.get_options_for_section = cache(config.get_options_for_section)
try:
    # Without it, Streamlit would hand a browser's state to whoever names its session.
    if st.get_option("server.trustedUserHeaders") != {BROWSER_HEADER: "browser"}:
        raise ConfigurationError(
            "server.trustedUserHeaders is not set. Start Case Desk where its .streamlit/config.toml is read."
        )
    place = find_supabase() or EmbeddedSupabase()
    settings = find_session_settings()
except ConfigurationError as error:
    sys.exit(str(error))
embedded = place if isinstance(place, EmbeddedSupabase) else None
verifier = TokenVerifier()


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Connect to Supabase, running the embedded one where none is configured; end it with the server."""
    starting = asyncio.create_task(to_thread.run_sync(start_supabase))
    # What Streamlit needs for a table takes as long as all the rest: imported while the embedded Supabase starts.
    for name in ("pandas", "lib.ui.worklist_table"):
        await to_thread.run_sync(importlib.import_module, name)
    supabase = await starting
    if embedded:
        print(f"Supabase URL: {supabase.url}\nPublishable key: {supabase.key}", flush=True)
    bootstrap.start(supabase, open_sessions())
    # What the imports left is never collected, so that collections are short.
    gc.collect()
    gc.freeze()
    yield
    bootstrap.stop()
    if embedded:
        await to_thread.run_sync(embedded.stop)


def start_supabase() -> Supabase:
    """Return the project that is configured, or start the embedded one."""
    return place if isinstance(place, Supabase) else place.start()


def open_sessions() -> SessionStore:
    """Open the browser sessions beside the embedded data, or where they are configured to be."""
    file = settings.file or (embedded.directory if embedded else ROOT / "supabase" / ".temp") / "sessions.db"
    file.parent.mkdir(parents=True, exist_ok=True)
    secret = settings.secret or (embedded.session_secret if embedded else None)
    if secret is None:
        log.warning("CASE_DESK_COOKIE_SECRET is not set: after a restart everyone has to sign in again.")
        secret = secrets.token_hex(32)
    return SessionStore(file, secret.encode(), settings.limits, verify=verifier.verify)


def find_sessions() -> SessionStore:
    """Return where this server keeps its browser sessions."""
    return bootstrap.desk().sessions


static_files = Path(get_static_dir())
page = make_page((static_files / "index.html").read_text("utf-8"), "Case Desk", STYLE)
app = st.App(
    ROOT / "pages" / "main.py",
    lifespan=lifespan,
    routes=[
        *session_routes(find_sessions),
        *draft_routes(find_sessions),
        *export_routes(find_sessions, lambda: bootstrap.desk().exports),
    ],
    on_script_error=show_unexpected,
    middleware=[
        Middleware(
            Guard,
            policy=content_security_policy(page, SCRIPTS),
            find_sessions=find_sessions,
            room=Room(raise_descriptor_limit()),
            largest_message=LARGEST_MESSAGE,
        ),
        Middleware(ServeStatic, directory=static_files, page=page),
        Middleware(ServeCases, api=create_app(verifier.verify, verifier.recall)),
    ],
)
