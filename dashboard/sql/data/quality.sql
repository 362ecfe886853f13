-- finding: "Of {all_read:n row} in {rows:n file}, {all_kept} were kept and {all_rejected} rejected"
-- reading: >
--   Read = kept + rejected + excluded. Rejected rows cannot be used; excluded ones are sound and outside the question;
--   repaired ones are among the kept.
-- table: [source, file, rows_read, rows_kept, rows_repaired, rows_rejected, rows_excluded]
select
    source,
    file,
    rows_read,
    rows_kept,
    rows_repaired,
    rows_rejected,
    rows_excluded,
    sum(rows_read) over () as all_read,
    sum(rows_kept) over () as all_kept,
    sum(rows_rejected) over () as all_rejected
from monitoring.data_quality
order by source, file
