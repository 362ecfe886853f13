-- As published: the fits that serve, and those of data sets that are switched off.
select * from {{ ref('fit_segments') }}

union all by name

select stored.*
from {{ ref('stored_segments') }} as stored
anti join {{ ref('fit_segments') }} using (dataset)
