"""Files in a multipart request, looked at before the transaction (`prepare=`)."""

from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from core.refusals import Invalid
from core.web.problems import Problem


def uploaded(name: str) -> FileStorage:
    """The uploaded file of that field.

    Raises:
        Problem: 415, the request is not multipart. Invalid: the field is missing or there twice.
    """
    if request.mimetype != "multipart/form-data":
        raise Problem(415, detail=_l("请以 multipart/form-data 上传文件。"))
    found = request.files.getlist(name)
    if len(found) != 1:
        raise Invalid({name: [_l("请上传一个文件。")]})
    return found[0]
