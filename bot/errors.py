"""The one error that the whole project raises on purpose."""


class GuideError(Exception):
    """Something an operator can mend: one sentence on what failed, one on what to do.

    >>> str(GuideError("The index is missing.", "Run `samskap index`."))
    'The index is missing. Run `samskap index`.'
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy
