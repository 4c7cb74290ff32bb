#!/usr/bin/env python
"""Ask the Lyhörd service in this container whether it is well: exit 0 = yes, 1 = no."""

import os
import sys
from http.client import HTTPConnection, HTTPException


def main() -> int:
    """Ask `/health` on the port that the service was told to answer on."""
    # Not urllib: a proxy that the environment names must not be asked for this machine.
    connection = HTTPConnection("127.0.0.1", int(os.environ["LYHORD_HEALTH_PORT"]), timeout=5)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        told = answer.read(1000).decode(errors="replace")
    except (OSError, HTTPException) as problem:
        told, well = str(problem), False
    else:
        well = answer.status == 200  # noqa: PLR2004 - HTTP's own number for "OK"
    sys.stdout.write(told + "\n")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
