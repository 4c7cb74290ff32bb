"""E-mail addresses, plain and disguised: `namn@example.com`, `namn (at) example punkt com`."""

import re

from lyhord.privacy.digits import WORD_START, before

_LONGEST_LOCAL = 64

_AT = re.compile(
    r"(?P<plain>[@＠﹫]|%40|&#64;)"
    r"|[ ]{0,2}(?P<bracketed>[(\[{<][ ]?(?i:at|a|ät|snabel-? ?a|@)[ ]?[)\]}>])[ ]{0,2}"
    r"|(?P<spaced>[ ]@[ ])"
    r"|[ ](?P<spelt>(?i:snabel-?a))[ ]"
    r"|[ ](?P<english>(?i:at))[ ]"
)
_HINTS = ("@", "＠", "﹫", "%40", "&#64;", "(", "[", "{", "<", "nabel", " at ")
"""What `_AT` cannot do without: most texts have none of it."""
_LOCAL_CHARACTER = r"[\w.+'~%&!#$*^-]"
_LOCAL = re.compile(rf"{_LOCAL_CHARACTER}+$")
_SPELT_LOCAL = re.compile(
    rf"{_LOCAL_CHARACTER}+(?:[ ]?[(\[{{]?(?i:dot|punkt)[)\]}}]?[ ]?{_LOCAL_CHARACTER}+){{0,3}}$"
)
_HANDLE = re.compile(rf"(?<!{_LOCAL_CHARACTER}|\])@$")

_NUMBER = re.compile(r"(?:\d\D*+){6}")

_LABEL = r"[^\W_]++(?:-++[^\W_]++)*+"
_SPELT_DOT = r"(?:[ ]?[(\[{][ ]?(?:(?i:dot|punkt)|\.)[ ]?[)\]}][ ]?|[ ](?i:dot|punkt)[ ]|[ ]\.[ ])"
_NEW_SENTENCE = r"(?![A-ZÅÄÖ][a-zåäö])"
_DOMAIN = re.compile(
    rf"{_LABEL}\.(?:{_LABEL}\.{_NEW_SENTENCE}){{0,6}}(?:(?i:xn--)[A-Za-z0-9-]{{1,59}}|[^\W\d_]{{2,24}})"
)
# Where an address is disguised, only a known top domain tells it from prose.
_SPELT_DOMAIN = re.compile(
    rf"{_LABEL}(?:\.|{_SPELT_DOT})(?:{_LABEL}(?:\.{_NEW_SENTENCE}|{_SPELT_DOT})){{0,6}}"
    r"(?i:at|be|biz|ch|com?|de|dk|edu|ee|es|eu|fi|fr|gov|info|io|is|it|live|me|name|net|nl|no|nu"
    r"|online|org|pl|pt|ru|se|uk)(?![^\W\d_])"
)
_SPELT = re.compile(_SPELT_DOT)
_MAIL_WORD = re.compile(rf"{WORD_START}(?:e-?post|e-?mail|mail|mejl)", re.IGNORECASE)


def may_hold(text: str) -> bool:
    """Tell quickly whether there is anything like an at sign."""
    small = text.lower()
    for hint in _HINTS:  # a third of the time that any() takes, and most texts have none
        if hint in small:
            return _AT.search(text) is not None
    return False


def find(text: str) -> list[tuple[int, int, str, str]]:
    """Return (start, end, local part, domain) of the addresses in a folded text, left to right."""
    found: list[tuple[int, int, str, str]] = []
    floor = 0
    for sign in _AT.finditer(text):
        address = _address(text, sign, floor)
        if address:
            found.append(address)
            floor = address[1]
    return found


def _address(text: str, sign: re.Match[str], floor: int) -> tuple[int, int, str, str] | None:
    if sign.start() < floor:
        return None
    plain = sign["plain"] is not None
    domain = _DOMAIN.match(text, sign.end()) if plain else None
    domain = domain or _SPELT_DOMAIN.match(text, sign.end())
    if domain is None:
        return None
    start = max(floor, sign.start() - _LONGEST_LOCAL)
    local = (_LOCAL if plain else _SPELT_LOCAL).search(text[start : sign.start()])
    if local is None:
        return None
    start += local.start()
    if plain and _HANDLE.search(text[max(0, start - 2) : start]) and not _NUMBER.search(local[0]):
        return None
    if sign["english"] and not _is_meant(text, start, local[0], domain[0], floor):
        return None
    return start, domain.end(), local[0], _SPELT.sub(".", domain[0])


def _is_meant(text: str, start: int, local: str, domain: str, floor: int) -> bool:
    """Tell an address with a bare `at` from English prose (`meet me at example.com`)."""
    return bool(
        _SPELT.search(domain)
        or re.search(r"[.\d_-]", local)
        or _MAIL_WORD.search(before(text, start, floor, width=40))
    )
