"""One module per page of the web app; a module that is here is part of the app."""

import importlib
import pkgutil

from flask import Blueprint

from webapp.page import PAGES, Declared


def blueprints() -> list[Blueprint]:
    """The blueprint of every module that has one."""
    names = [module.name for module in pkgutil.iter_modules(__path__, f"{__name__}.")]
    found = [getattr(importlib.import_module(name), "bp", None) for name in names]
    return [blueprint for blueprint in found if isinstance(blueprint, Blueprint)]


def declared() -> list[Declared]:
    """Every page and every route of the API, in the order of their addresses."""
    blueprints()
    return sorted(PAGES, key=lambda made: made.rule)
