"""Write synthetic raw files in the formats of the real downloads.

Run without arguments it writes the sample that the project builds on, beside itself. With
`--ratings`, `--customers` or `--leads` it writes only those files, at that size, for tests of
scale. The same arguments give the same content, whatever the machine.
"""

import argparse
import gzip
from pathlib import Path

import pandas as pd
import pyarrow as pa
from generators.common import stream
from generators.ecommerce import invoice_lines
from generators.leads import leads
from generators.mall import mall_customers
from generators.ratings import bulk_ratings, ratings
from generators.retail import retail_customers
from pyarrow import csv

SEED = 2026
SAMPLE_DIR = Path(__file__).resolve().parent
# How the real file of that name is laid out, where it differs from a plain CSV file.
DIALECTS: dict[str, dict[str, object]] = {
    "marketing_campaign.csv": {"sep": "\t", "lineterminator": "\r\n"},
    "ExtraaLearn.csv": {"lineterminator": "\r\n"},
    "ratings_Electronics.csv.gz": {"header": False},
}


def sample(seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Draw the sample data sets.

    Parameters
    ----------
    seed : int
        Seed of every random stream.

    Returns
    -------
    dict of str to pandas.DataFrame
        Data set by file name.
    """
    return {
        "marketing_campaign.csv": retail_customers(stream(seed, "retail")),
        "ExtraaLearn.csv": leads(stream(seed, "leads")),
        "ratings_Electronics.csv.gz": ratings(stream(seed, "ratings")),
        "Mall_Customers.csv": mall_customers(stream(seed, "mall")),
        "online_retail.csv.gz": invoice_lines(stream(seed, "ecommerce")),
    }


def at_scale(
    seed: int, n_ratings: int | None, n_customers: int | None, n_leads: int | None
) -> dict[str, pd.DataFrame | pa.Table]:
    """Draw only the data sets asked for, at the size asked for.

    Parameters
    ----------
    seed : int
        Seed of every random stream.
    n_ratings, n_customers, n_leads : int or None
        Rows of ratings, customers with invoices and rows of leads; None leaves the file out.

    Returns
    -------
    dict of str to pandas.DataFrame or pyarrow.Table
        Data set by file name.
    """
    files: dict[str, pd.DataFrame | pa.Table] = {}
    if n_ratings:
        files["ratings_Electronics.csv"] = bulk_ratings(stream(seed, "ratings"), n_ratings)
    if n_customers:
        files["online_retail.csv.gz"] = invoice_lines(stream(seed, "ecommerce"), n_customers)
    if n_leads:
        files["ExtraaLearn.csv"] = leads(stream(seed, "leads"), n_leads)
    return files


def write(path: Path, data: pd.DataFrame | pa.Table) -> None:
    """Write a data set in the dialect of its file name, compressed where the name ends in .gz.

    Parameters
    ----------
    path : pathlib.Path
        Where to; an existing file is replaced.
    data : pandas.DataFrame or pyarrow.Table
        A table is written without a header, fast.
    """
    if isinstance(data, pa.Table):
        csv.write_csv(data, path, csv.WriteOptions(include_header=False, quoting_style="none"))
        return
    dialect = {"lineterminator": "\n", **DIALECTS.get(path.name, {})}
    content = data.to_csv(index=False, **dialect).encode()
    if path.suffix != ".gz":
        path.write_bytes(content)
        return
    # Neither time nor file name in the header, so that equal content is equal bytes;
    # gzip.compress would write another header in Python 3.13.
    with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        packed.write(content)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is below 1")
    return number


def main(arguments: list[str] | None = None) -> None:
    """Run the command line.

    Parameters
    ----------
    arguments : list of str or None
        Arguments; None takes those of the process.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, metavar="DIR", help="folder to write to")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N")
    parser.add_argument("--ratings", type=_positive, metavar="N", help="write N ratings only")
    parser.add_argument("--customers", type=_positive, metavar="N", help="invoices of N customers")
    parser.add_argument("--leads", type=_positive, metavar="N", help="write N leads only")
    options = parser.parse_args(arguments)

    files = at_scale(options.seed, options.ratings, options.customers, options.leads)
    if files and options.output is None:
        parser.error("--ratings, --customers and --leads need --output, to leave the sample alone")
    output = options.output or SAMPLE_DIR
    output.mkdir(parents=True, exist_ok=True)
    for name, data in (files or sample(options.seed)).items():
        write(output / name, data)
        print(f"{output / name}: {len(data):,} rows, {(output / name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
