"""Which requests are the API's and which are the dashboard's."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class ServeCases:
    """Middleware that serves the API at `/cases`, in JSON whatever the path.

    A mount would come too late: the dashboard answers some odd paths itself before it looks at its routes.
    """

    def __init__(self, dashboard: ASGIApp, api: ASGIApp) -> None:
        self.dashboard = dashboard
        self.api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the API or to the dashboard."""
        if scope["type"] == "http" and f"{scope['path']}/".startswith("/cases/"):
            await self.api({**scope, "root_path": "/cases"}, receive, send)
        else:
            await self.dashboard(scope, receive, send)
