"""What every route needs: the desk that answers, and work handed to a thread so that the server goes on."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from assay.runtime.desk import Desk


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(_desk)]
