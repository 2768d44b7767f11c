"""Every way Passalong can refuse, as one family.

PassalongError
├── Stop               a sentence for the person at the keyboard; the command ends with status 1
│   └── ContentRefused the content folder has errors; carries them all
├── TemplateError      a template asks for something that a skeleton cannot serve
├── DraftError         a drafted message cannot be read: its braces do not match
│   └── UnfilledPlaceholder  a placeholder has neither a word nor a fallback
├── UnknownWord        an interface word is not in the locale, or lacks what it must be filled with
├── Refused            a token allows nothing, or not this: passalong.access
├── BadRequest         the body of a request cannot be read; BadFields: its fields are not right
├── UnknownFormat      the functions' bundle is of other code; NotInBundle: it lacks something
├── MailError          a mail did not go: passalong.mail.port draws them
├── NotAnswered        DNS told nothing of a name: passalong.maildomain
└── LedgerError        a step was refused or could not be done: passalong.ledger.port draws them

Anything else that escapes is a bug and keeps its traceback.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence


class PassalongError(Exception):
    """The root: catch this to catch everything that Passalong raises on purpose."""


class Stop(PassalongError):
    """The command cannot go on; the message says what, where and how to mend it."""


class ContentRefused(Stop):
    """The content folder has errors; nothing was written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        errors = sum(1 for problem in problems if problem.severity == "error")
        super().__init__(f"{errors} {'error' if errors == 1 else 'errors'} in the content folder")
        self.problems = tuple(problems)


class TemplateError(PassalongError):
    """A template looks into a personal value, which only its reader's page knows."""

    def __init__(self, message: str, template: str, line: int) -> None:
        super().__init__(message)
        self.template = template
        self.line = line


class DraftError(PassalongError):
    """A drafted message cannot be read; ``offset`` counts the lines before the fault."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class UnfilledPlaceholder(DraftError):
    """``{name}`` has no word and no fallback, so the message would have a gap."""

    def __init__(self, name: str, offset: int) -> None:
        super().__init__(f"{{{name}}} has no word here and no fallback: {{{name}|…}}", offset)
        self.name = name


class UnknownWord(PassalongError):
    """The templates ask for an interface word that ``site/locales`` does not have."""

    def __init__(self, key: str, locale: str, fault: str = "is not in the locale") -> None:
        super().__init__(f"the word {key} {fault} ({locale})")
        self.key = key
        self.locale = locale


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in the content, at a line of a file (from 1; 0 for the whole file)."""

    file: str
    line: int
    message: str
    hint: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        kind = "" if self.severity == "error" else "warning: "
        return f"{where}: {kind}{self.message}" + (f" {self.hint}" if self.hint else "")
