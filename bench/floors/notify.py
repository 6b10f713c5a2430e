"""Floor of `ring`: POST → one INSERT + pg_notify → LISTEN, in another process too → websocket send. Run twice, with uvicorn.

The environment says FLOOR_DATABASE, FLOOR_PORT. `POST /` with anything; every socket hears everything.
"""

import asyncio
import os
from typing import Any

import psycopg
import uvicorn
from psycopg_pool import AsyncConnectionPool

URL = os.environ["FLOOR_DATABASE"]
pool = AsyncConnectionPool(URL, min_size=4, max_size=10, open=False, kwargs={"autocommit": True})
sockets: set[Any] = set()


async def listen() -> None:
    async with await psycopg.AsyncConnection.connect(URL, autocommit=True) as connection:
        await connection.execute("LISTEN floor")
        async for notice in connection.notifies():
            for send in list(sockets):
                await send({"type": "websocket.send", "text": notice.payload})


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await pool.open(wait=True)
        app.listening = asyncio.create_task(listen())  # type: ignore[attr-defined]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        sockets.add(send)
        while (await receive())["type"] != "websocket.disconnect":
            pass
        sockets.discard(send)
    else:
        body = (await receive()).get("body", b"").decode()
        if body:
            async with pool.connection() as connection, connection.transaction():
                await connection.execute("INSERT INTO floor (words) VALUES (%s)", [body])
                await connection.execute("SELECT pg_notify('floor', %s)", [body])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


if __name__ == "__main__":
    port = int(os.environ["FLOOR_PORT"])
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", ws="websockets-sansio", access_log=False, log_level="error")
