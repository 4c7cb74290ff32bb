"""Which e-mail addresses and phone numbers are a municipality's published office contacts."""

import re
from functools import cache

from lyhord import municipalities
from lyhord.privacy.digits import WORD_START

_PLAIN = str.maketrans("åäöéü", "aaoeu")
_CLOSED = str.maketrans("åäöéü", "aaoeu", " -")

_FREEMAIL = {
    *("aol", "bredband", "comhem", "fastmail", "gmail", "gmx", "googlemail", "home", "hotmail"),
    *("icloud", "live", "me", "msn", "outlook", "passagen", "proton", "protonmail", "spray"),
    *("swipnet", "telia", "yahoo", "ymail"),
}
# What a function's mailbox is called: whole names, and beginnings that no person's name has.
_FUNCTION = re.compile(
    r"(?:barn|bolag|bygg|center|dpo|drift|elever|evenemang|gata|gator|gis|hr|infocenter|it|kansli"
    r"|kart(?:a|or)?|kris(?:ledning|stod|info)|ks|lan|media|park(?:er|en)?|plan|rektor|skola|skolan"
    r"|stab|stad|stod|torg(?:handel)?|va|vard|vatten|web|webb)"
    r"|(?:anmal|arbetsmarknad|arkiv|avfall|avlopp|bibliotek|boende|bokning|bostad|brandskydd"
    r"|bygglov|byggnad|barnomsorg|dataskydd|diari|ekonomi|elevhals|exploatering|expedition|faktura"
    r"|fastighet|felanmal|forening|forskol|fritid|gatukontor|grundskol|gymnasi|handikapp|individ"
    r"|info|integration|jobb|jour|komvux|konsument|kontakt|kostenhet|kultur|kund|lantmat|markkontor"
    r"|medborgar|miljo|musikskol|namnd|naringsliv|no-?reply|nyhetsbrev|omsorg|overformyndar"
    r"|parkering|personal|planering|politik|press|raddningstjanst|reception|redaktion|registrator"
    r"|renhallning|revision|samhall|service|simhall|skolskjuts|social|stadsbygg|support|synpunkt"
    r"|teknisk|tillstand|trafik|trygghet|turis|upphandling|utbildning|valnamnd|vaxel|vuxenutb"
    r"|webmaster|webbredaktion|aldreomsorg)[a-z]*"
)
# Mailboxes that no person has, whatever the domain.
_DESK_MAILBOX = re.compile(
    r"(?:kommun(?:en|styrelsen?|kansli(?:et)?|chef(?:en)?|kontor(?:et)?)?|kontaktcenter"
    r"|kund(?:tjanst|service|center)|medborgar(?:service|kontoret|kontor|center)|servicecenter"
    r"|vaxeln?|reception(?:en)?|registrator|felanmalan|bygglov|overformyndar[a-z]*"
    r"|social(?:tjanst(?:en)?|kontor(?:et)?|forvaltning(?:en)?)"
    r"|(?:bygg|miljo|social|kultur|barn|utbildnings|stadsbyggnads)[a-z]*namnd(?:en)?)"
)
_TOKENS = re.compile(r"[._+\d-]")

_DESK = (
    r"(?:växel(?:n)?|telefonväxeln?|kontaktcenter|kontaktcentret|kundtjänst(?:en)?|kundcenter"
    r"|kundservice|medborgar(?:service|kontoret?|center|centret)|reception(?:en)?|felanmälan"
    r"|jour(?:en)?|journumret|kommunen|stadshuset|rådhuset|kommunhuset|biblioteket|simhallen"
    r"|socialtjänsten|socialjouren|socialkontoret|räddningstjänsten|byggnadsnämnden"
    r"|miljökontoret|byggkontoret|stadsbyggnadskontoret|tekniska kontoret|turistbyrån|kommunens"
    r"|skolans|förskolans|bibliotekets|kommunväxeln)"
)
_DESK_BEFORE = re.compile(
    rf"{WORD_START}{_DESK}"
    r"(?: (?:på|är|har|via|tel|tfn|telefon|telefonnummer|nummer|nr|numret|växel|jour))*"
    r"\.?[ :,(]{0,3}$",
    re.IGNORECASE,
)
_OFFICE_BEFORE = re.compile(
    rf"(?:{WORD_START}(?:oss|ring|kontakta|sms:?a|messa|frågor|vår|vårt|våra|press\w*|chef|rektor|boka\w*"
    r"|information|upplysning\w*|kontaktperson\w*)\b"
    r"|jour|växel|kundtjänst|kundcenter|kundservice|center|reception|anmäl|handläggare|ledare\b"
    r"|samordnare|ansvarig|chef\b|strateg\b|tekniker|vaktmästare|bibliotek|boknings?\b)",
    re.IGNORECASE,
)
_OFFICE_AFTER = re.compile(
    r"[ ,(]{1,3}(?:jour|växel|kundtjänst|kontaktcenter|reception)", re.IGNORECASE
)
_PERSON_BEFORE = re.compile(
    rf"{WORD_START}(?:(?:ditt|din|ert|mitt|min|hans|hennes) (?:\w{{1,12}} )?"
    r"(?:nummer|nr|numret|tele\w*|tel|mobil\w*)"
    r"|(?:ring|ringa|ringer|ringde|ringt|nå|når|nådde|nått|sök|söka|söker|sökt|sms:?a[rd]?e?)"
    r" (?:upp )?(?:dig|er|mig)|mig|du nås)\b[^.!?\n]{0,30}$",
    re.IGNORECASE,
)
_READERS_BEFORE = re.compile(
    rf"{WORD_START}(?:dig|din|ditt|mig|min|mitt)\b[^.!?\n]{{0,30}}$", re.IGNORECASE
)
_PERSON_AFTER = re.compile(r"[^.!?\n]{0,25}\b(?:mig|mitt|min|jag)\b", re.IGNORECASE)


def publishes_address(local: str, domain: str, words: str, *, own_contacts: bool) -> bool:
    """Tell whether an e-mail address is an office contact that anyone may read.

    Anywhere: a function's mailbox at a municipality's domain, and a mailbox that no person has
    (`kommun@`, `kundtjanst@`) unless at a freemail provider. In a municipality's own post also
    every address at a municipality's domain, every function's mailbox, and a mailbox of one word
    (`lekplatsen@`), unless at a freemail provider or told to be the reader's (`din adress …`).
    """
    parts = [part for part in _TOKENS.split(local.lower().translate(_PLAIN)) if part]
    desk = any(_DESK_MAILBOX.fullmatch(part) for part in parts)
    functional = desk or bool(parts and _FUNCTION.fullmatch(parts[0]))
    if is_municipal(domain):
        return own_contacts or functional
    free = domain.lower().split(".")[-2] in _FREEMAIL
    if not own_contacts:
        return desk and not free
    single = len(parts) == 1 and not free and not _READERS_BEFORE.search(words)
    return functional or single


def publishes_phone(words: str, following: str, *, own_contacts: bool, fixed: bool) -> bool:
    """Tell whether the words around a phone number make it an office contact.

    Args:
        words: what stands before the number.
        following: what stands after it.
        own_contacts: the post is a municipality's own.
        fixed: the number is one of Sweden's fixed ones.

    """
    if _PERSON_BEFORE.search(words):
        return False
    if not own_contacts:
        desk = _DESK_BEFORE.search(words) is not None
        return desk and fixed and not _PERSON_AFTER.match(following)
    return fixed or bool(_OFFICE_BEFORE.search(words) or _OFFICE_AFTER.match(following))


def is_municipal(domain: str) -> bool:
    """Tell whether a domain is, or lies under, a municipality's: hjo.se, skola.malmo.se."""
    parts = domain.lower().translate(_CLOSED).split(".")
    return parts[-1] == "se" and parts[-2].removesuffix("kommun") in _names()


@cache
def _names() -> frozenset[str]:
    every = municipalities.all_municipalities()
    return frozenset(("", *(each.name.lower().translate(_CLOSED) for each in every)))
