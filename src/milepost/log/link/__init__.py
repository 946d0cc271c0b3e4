"""The link between the processes of one home: wake-ups, what is published, and questions to the event store."""

from milepost.log.link.client import LinkClient, RemoteEventStore
from milepost.log.link.memory import MemoryLink
from milepost.log.link.protocol import CONNECTED, Link, socket_path
from milepost.log.link.server import LinkServer

__all__ = ["CONNECTED", "Link", "LinkClient", "LinkServer", "MemoryLink", "RemoteEventStore", "socket_path"]
