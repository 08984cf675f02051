"""The stable codes of every rule about scenario files, one sentence each."""

from __future__ import annotations

from stationsim.errors import Problem, ScenarioError

CODES: dict[str, str] = {
    "E100": "The input is wrong in a way that has no code of its own; the message says how.",
    "E101": "The scenario must be a regular file that can be read, not a folder, a device or a pipe.",
    "E102": "A scenario file must be no larger than 2 MB.",
    "E103": "A scenario file must be UTF-8 text; save it as UTF-8 in your editor.",
    "E104": "Text must hold no control characters, lone surrogates or direction overrides.",
    "E105": "Lines must be indented with spaces, never with tabs.",
    "E106": "YAML needs the plain colon and plain quotes; full-width ones are text to it.",
    "E107": "Lists and mappings must be nested no deeper than 40 levels.",
    "E108": "Anchors, aliases, merge keys, tags and directives are refused; use `extends:` to share values.",
    "E109": "A scenario file must hold one YAML document.",
    "E110": "Every key must be plain text of one line.",
    "E111": "A whole number must have no more than 100 digits.",
    "E112": "The file holds no scenario; `stationsim init` writes one to start from.",
    "E113": "The top level of a scenario must be a mapping of keys to values.",
    "E114": "A key must be written once in its section.",
    "E115": "The text must be YAML 1.2; the message names the first place where it is not.",
    "E116": "A scenario must hold no more than 20,000 values.",
    "E131": "An override must be written path=value, such as battery.capacity_kwh=900.",
    "E132": "The path of an override must lead to a key, or to an item of a list in the scenario.",
    "E133": "The value of an override must be a YAML scalar or a JSON value.",
    "E201": "The key is not known at this place; unknown keys are refused so that no typo is ignored.",
    "E202": "A key without a default is missing.",
    "E203": "The value must be a number, written alone, without unit, quotes or separators.",
    "E204": "The number must be whole.",
    "E205": "The value must be true or false.",
    "E206": "The value must be text.",
    "E207": "The value must be a mapping of keys to values.",
    "E208": "The value must be a list.",
    "E209": "The value must be one of a few named choices.",
    "E210": "The number is outside its limits.",
    "E211": "The number must be finite.",
    "E212": "The text or list is too short or too long.",
    "E213": "The text does not have the required form.",
    "E214": "The value breaks a rule of its own; the message says which.",
    "E215": "Several values of a section or list do not fit together; the message names them.",
    "E216": "The key that says which kind of thing is described is missing or names no known kind.",
    "E217": "The value fits none of the forms the key allows.",
    "E219": "A remainder carries more than the scenario allows; told after the run, which leaves nothing.",
    "E220": "The scenario was written for another version of the scenario format.",
    "E301": "The file that is named does not exist.",
    "E302": "Files that extend each other must not form a circle.",
    "E303": "A scenario may be extended through at most 5 files.",
    "E304": "The file must lie inside the scenario's folder or a folder that was allowed.",
    "E305": "Input files must be local; nothing is fetched from the network by a run.",
    "E306": "A path must hold no ~, drive letter, backslash, control character or device name.",
    "E307": "The path must lead to a regular file.",
    "E308": "An input file must be no larger than 200 MB.",
    "E309": "`extends` must be the name of another scenario file.",
    "E310": "A scenario without a folder, such as one sent to the web page, must name no input files.",
    "W201": "The battery's energy divided by its power is outside the usual range of 0.5 to 8 hours.",
    "W202": "Chargers can draw more than the site can supply, so power will be shared between posts.",
    "W203": "A price is far outside the usual range of its currency.",
    "W204": "More charging is asked for than the posts can serve.",
    "W205": "The panels' power is unusual for their inverters.",
    "W206": "The period reaches into years without holidays; their days are weekdays and weekend days.",
    "W207": "The battery loses more than nearly all batteries do.",
    "W208": "More people are present than the building's floor holds.",
    "W209": "The synthetic weather is that of a climate far from the site.",
    "W210": "Cars that stay after charging block the posts longer than charging takes.",
    "W211": "Posts are held longer for a booking than drivers who see them empty wait.",
    "W212": "The key has no effect, since nothing else in the scenario makes use of it.",
    "W213": "Posts or modules are out of order more than they work.",
    "W248": "The key has a new name; the old one will be refused in a later version.",
}
"""Code to the sentence that ``stationsim explain`` prints."""


def explanation(code: str) -> str:
    """Return the sentence of a code.

    Raises
    ------
    ScenarioError
        There is no such code.
    """
    wanted = code.strip().upper()
    if wanted in CODES:
        return CODES[wanted]
    raise ScenarioError([Problem("must be the code of a message, such as E203", value=repr(code)[:40])])
