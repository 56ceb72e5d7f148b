"""`--strict`: where odd input ends the journey."""

from __future__ import annotations

from indextts_post.errors import FitError, InputError
from indextts_post.job import JobSpec
from indextts_post.notices import Severity
from indextts_post.stages.records import Result


def strictly(spec: JobSpec, result: Result) -> Result:
    """With `strict`, odd input and lines that do not fit end the journey here, before anything is spoken.

    Raises `FitError` for faults and `InputError` for warnings, each naming all of them.
    """
    if not spec.strict:
        return result
    if result.faults:
        raise FitError("\n".join(str(fault) for fault in result.faults))
    odd = [notice for notice in result.notices if notice.severity is Severity.WARNING]
    if odd:
        raise InputError("\n".join(str(notice) for notice in odd))
    return result
