"""Floor of `sockets`: a bare websockets server that listens to PostgreSQL and sends a line to the socket that is named.

`python -m bench.floors.sockets PORT URL`. A socket's first message is its name.
"""

import asyncio
import sys

import psycopg
from websockets.asyncio.server import ServerConnection, serve

sockets: dict[str, ServerConnection] = {}


async def keep(socket: ServerConnection) -> None:
    sockets[str(await socket.recv())] = socket
    await socket.wait_closed()


async def main(port: int, url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("CREATE TABLE floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, words text)")
        await connection.execute("LISTEN floor")
        async with serve(keep, "127.0.0.1", port, compression=None, ping_interval=None):
            async for notice in connection.notifies():
                await sockets[notice.payload].send("woken")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
