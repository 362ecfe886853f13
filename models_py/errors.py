"""What a fit says where it cannot be made."""


class CannotFitError(ValueError):
    """The data of tonight allow no fit; the message is one line that says why and what to do.

    A stored fit then goes on; without one the build stops with that line. Any other error is
    about the code or its parameters.
    """
