"""Signing in and out, one's own password, one-time links. The rules stand in core.signin."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from core import signin
from core.refusals import Invalid, Refused
from core.web.prefs import safe_next

bp = Blueprint("login", __name__)
NEEDED = _l("请填写这一项。")


class SignInForm(FlaskForm):  # type: ignore[misc]
    """用户名或邮箱, 口令."""

    login = StringField(_l("用户名或邮箱"), [DataRequired(NEEDED), Length(max=200)])
    password = PasswordField(_l("口令"), [DataRequired(NEEDED), Length(max=200)])


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, twice."""

    new = PasswordField(
        _l("新口令"), [DataRequired(NEEDED), Length(max=200)], description=_l("至少 10 位，不要用登录名。")
    )
    again = PasswordField(_l("再输一次新口令"), [DataRequired(NEEDED), EqualTo("new", _l("两次输入的新口令不一样。"))])


class ChangePasswordForm(NewPasswordForm):
    """The present password before the new one."""

    old = PasswordField(_l("现用口令"), [DataRequired(NEEDED), Length(max=200)])


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.route("/admin/login", methods=["GET", "POST"])
def sign_in() -> Response:
    """The sign-in page; keeps the name that was typed, says the same for every failure."""
    form = SignInForm()
    problems: list[dict[str, Any]] = []
    if form.validate_on_submit():
        try:
            opened = signin.sign_in(form.login.data, form.password.data)
        except Refused as no:
            problems = [{"text": no.refusals[0].detail, "target": "password"}]
        else:
            _open(opened.token)
            target = safe_next(request.args.get("next")) if request.args.get("next") else url_for("admin_home")
            if opened.must_change_password:
                target = url_for("login.password", next=target)
            return redirect(target)
    status = 422 if form.is_submitted() else 200
    return make_response(render_template("console/login.html", form=form, problems=problems), status)


@bp.post("/admin/logout")
def sign_out() -> Response:
    """End the session."""
    signin.sign_out(session.pop("token", ""))
    session.clear()
    return redirect(url_for("login.sign_in"))


@bp.route("/account/password", methods=["GET", "POST"])
def password() -> Response:
    """Change one's own password; other sessions end."""
    if g.account is None:
        return redirect(url_for("login.sign_in", next=request.full_path.rstrip("?")))
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            signin.change_password(g.account.id, form.old.data, form.new.data, keep=session.get("token", ""))
        except Invalid as wrong:
            _show(form, wrong)
        else:
            flash(_("口令已修改，您在其他设备上的登录已经退出。"), "done")
            return redirect(safe_next(request.args.get("next")) if request.args.get("next") else url_for("admin_home"))
    status = 422 if form.is_submitted() else 200
    page = render_template("console/password.html", form=form, forced=g.account.must_change_password)
    return make_response(page, status)


@bp.route("/account/link/<secret>", methods=["GET", "POST"])
def link(secret: str) -> Response:
    """Choose a password by a one-time link; used, expired and unknown links look the same."""
    owner = signin.link_owner(secret)
    form = NewPasswordForm()
    if owner and form.validate_on_submit():
        try:
            signin.use_link(secret, form.new.data)
        except Invalid as wrong:
            _show(form, Invalid({"new": wrong.errors["password"]}))
        except Refused:
            owner = None
        else:
            flash(_("口令已设好，请登录。"), "done")
            return redirect(url_for("login.sign_in"))
    status = 200 if owner and not form.is_submitted() else 422 if owner else 410
    answer = make_response(render_template("console/link.html", form=form, owner=owner), status)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@bp.get("/account/no-role")
def no_role() -> str:
    """Signed in without any role: whom to ask."""
    return render_template("console/no_role.html")


def _open(token: str) -> None:
    session.clear()  # a session id from before signing in is worth nothing afterwards
    session["token"] = token


def _show(form: FlaskForm, wrong: Invalid) -> None:
    for name, sentences in wrong.errors.items():
        field = form[name]
        field.errors = [*field.errors, *(str(sentence) for sentence in sentences)]
