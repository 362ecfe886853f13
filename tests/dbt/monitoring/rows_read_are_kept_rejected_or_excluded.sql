select *
from {{ ref('data_quality') }}
where rows_read <> rows_kept + rows_rejected + rows_excluded
