"""What a build has of raw files, asked right here; and workbooks for it to read."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import openpyxl

from warehouse.plugin import Plugin

SOURCES = ("mall", "ratings", "ecommerce")


@contextmanager
def asking(folder: Path) -> Iterator[Callable[..., list]]:
    """Yield a function that asks what a build has that reads the files in a folder.

    What is wrong with the files is its answer where the rows are not there.
    """
    with duckdb.connect() as connection:
        plugin = Plugin.__new__(Plugin)
        plugin.folder = folder
        plugin.configure_connection(connection)

        def ask(query: str, folder: Path = folder, read=("mall",), encoding="utf-8") -> list:
            how = {
                "folder": str(folder),
                "encodings": dict.fromkeys(SOURCES, encoding),
                "relations": {},
                "read": read,
            }
            reply = connection.execute("select show_raw_rows(?)", [json.dumps(how)]).fetchone()[0]
            return json.loads(reply)["answer"] or connection.execute(query).fetchall()

        yield ask


def workbook(**sheets: list[list]) -> bytes:
    """Return a workbook of sheets, each given by its rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
