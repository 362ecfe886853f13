"""Delete a customer from the published file as soon as it can be opened for writing, and be killed.

What was deleted is then in the .wal beside the file. With `stays`, the client first holds the file
open until standard input is closed.
"""

import os
import signal
import sys
import time
from contextlib import suppress

import duckdb

path, *how = sys.argv[1:]
connection = None
while connection is None:
    # A build that has the file open keeps writers out.
    with suppress(duckdb.IOException):
        if not os.access(path, os.W_OK):
            os.chmod(path, 0o644)
        connection = duckdb.connect(path)
    time.sleep(0.02)
((customer,),) = connection.execute(
    "select min(customer_id) from segmentation.segment_history where valid_to is null and is_active"
).fetchall()
for table in ("segment_history", "customer_segments", "mall_customers"):
    connection.execute(f"delete from segmentation.{table} where customer_id = ?", [customer])
print(customer, flush=True)
if how == ["stays"]:
    sys.stdin.read()
os.kill(os.getpid(), signal.SIGKILL)
