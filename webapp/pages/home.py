"""The first page: a search field, the graph in numbers, and where to start."""

from flask import Blueprint

from graph.answers.home import HomeAnswer
from graph.answers.home import home as read_home
from graph.answers.query import Reader
from webapp.page import Page, page

bp = Blueprint("home", __name__)


@page(bp, "/", "home.html", table="families")
def home(read: Reader) -> Page[HomeAnswer]:
    """Numbers, the most influential models and authors, the largest families."""
    return Page(read_home(read))
