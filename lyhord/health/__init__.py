"""Health: whether a process's stages get on, and what they counted, answered by HTTP."""

from lyhord.health.server import serve
from lyhord.health.watch import Watch

__all__ = ["Watch", "serve"]
