"""The configuration file (endpoints 21 to 25); none of it reaches the running detection."""

from __future__ import annotations

import contextlib
import json

from nhem_tui.simulator.backend import Backend
from nhem_tui.simulator.config_store import SECTIONS, CannotSave, is_valid
from nhem_tui.simulator.errors import ApiError
from nhem_tui.simulator.exchange import Json
from nhem_tui.simulator.parameters import PASSWORD, Parameter, Values
from nhem_tui.simulator.router import Route


def _config(backend: Backend, values: Values) -> Json:
    _check_password(backend, values)
    section = values["section"]
    if section is None:
        return {"config": backend.config.data}
    if section not in backend.config.data:
        raise ApiError(404, f"配置节 '{section}' 不存在")
    return {"section": section, "config": backend.config.data[section]}


def _change(backend: Backend, values: Values) -> Json:
    """Change memory, then check all of it; a bad value stays there."""
    _check_password(backend, values)
    for section, entries in _changes(values).items():
        if isinstance(entries, dict):  # anything else is skipped without a word
            backend.config.merge(section, entries)
    try:
        backend.config.save()
    except CannotSave:
        raise ApiError(500, "配置保存失败") from None
    return {"success": True, "message": "配置更新成功"}


def _changes(values: Values) -> Json:
    """Return the entries to change by section."""
    section, key, value = values["section"], values["key"], values["value"]
    if values["config_data"] is not None:
        try:
            entries = json.loads(values["config_data"])
        except ValueError:
            raise ApiError(400, "config_data JSON格式错误") from None
        if not isinstance(entries, dict):
            raise ApiError(400, "config_data 必须为字典格式")
        return {section: entries} if section else entries
    if section and key and value is not None:
        with contextlib.suppress(ValueError):  # else a string, as it is
            value = json.loads(value)
        return {section: {key: value}}
    raise ApiError(400, "请提供有效的更新参数")


def _reload(backend: Backend, values: Values) -> Json:
    _check_password(backend, values)
    backend.config.reload()
    return {"success": True, "message": "配置重新加载成功"}


def _export(backend: Backend, values: Values) -> Json:
    _check_password(backend, values)
    text = json.dumps(backend.config.data, ensure_ascii=False, indent=2)
    return {"success": True, "config_json": text, "timestamp": backend.stamp()}


def _import(backend: Backend, values: Values) -> Json:
    _check_password(backend, values)
    try:
        data = json.loads(values["config_json"])
    except ValueError:
        data = None
    complete = isinstance(data, dict) and all(name in data for name in SECTIONS)
    if not complete or not is_valid(data):
        raise ApiError(400, "配置格式无效或验证失败")
    backend.config.data = data
    backend.config.save()
    return {"success": True, "message": "配置导入成功"}


def _check_password(backend: Backend, values: Values) -> None:
    if not backend.accepts(values["password"]):
        raise ApiError(401, "密码错误")


ROUTES = (
    Route("GET", "/config", _config, query=(PASSWORD, Parameter("section", default=None))),
    Route(
        "POST",
        "/config",
        _change,
        query=(
            PASSWORD,
            *(Parameter(name, default=None) for name in ("config_data", "section", "key", "value")),
        ),
    ),
    Route("POST", "/config/reload", _reload, query=(PASSWORD,)),
    Route("GET", "/config/export", _export, query=(PASSWORD,)),
    Route("POST", "/config/import", _import, form=(Parameter("config_json"), PASSWORD)),
)
