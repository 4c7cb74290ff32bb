"""What can go wrong before a local server answers: something is missing, or it does not come up."""


class Unavailable(Exception):  # noqa: N818 - names the state, as the library's errors do
    """Something must be installed or set first; the message says what."""


class StartFailed(Exception):  # noqa: N818 - as above
    """The server did not come up; the message ends with the last lines of its log."""
