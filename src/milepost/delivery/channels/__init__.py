"""The channels that messages go out by. Adding one is adding a folder here and a line below."""

from milepost.delivery.channel import Channel
from milepost.delivery.channels.email.channel import EmailChannel

CHANNELS: dict[str, Channel] = {"email": EmailChannel()}
