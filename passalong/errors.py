"""Every way Passalong can refuse, as one family.

PassalongError
├── Stop               a sentence for the person at the keyboard; the command ends with status 1
│   └── ContentRefused the content folder has errors; carries them all
└── TemplateError      a template asks for something that a skeleton cannot serve

Anything else that escapes is a bug and keeps its traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from passalong.model import Problem


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
