"""What a program does is what it notes here."""

notes = []
state = {}


class Asked(Exception):
    """The removed flag was asked for."""


def begin(program, keep, forbid):
    notes.clear()
    state.update(keep=keep, forbid=forbid, other=program[-1] in "02468")


def t(number, value):
    notes.append((number, value))
    if len(notes) > 3000:
        raise RuntimeError("the program does not end")
    return value


def ask(key):
    """Answers as a server would on which the removal is already true, or forbids to ask."""
    if key != "new-checkout":
        return state["other"]
    if state["forbid"]:
        raise Asked(key)
    return state["keep"] != "off"
