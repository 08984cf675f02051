"""Published cases: every module has ``quick()`` and ``long()``, lists of :class:`~tests.outside.case.Case`."""
