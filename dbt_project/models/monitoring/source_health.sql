with data_quality as (
    select
        source,
        sum(rows_read)::bigint as rows_read
    from {{ ref('data_quality') }}
    group by source
),

previous_data_quality as (
    select * from {{ source('previous', 'data_quality') }}
),

previous_volumes as (
    select
        source,
        sum(rows_read)::bigint as rows_read
    from previous_data_quality
    group by source
),

newest_rows as (
    {% for source_name in enabled_sources() %}
    select
        '{{ source_name }}' as source,
        {{ newest_row_at(source_name) }} as newest_row_at
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    data_quality.source,
    data_quality.rows_read,
    previous_volumes.rows_read as previous_rows_read,
    {{ rounded('data_quality.rows_read / nullif(previous_volumes.rows_read, 0) - 1') }} as volume_change,
    newest_rows.newest_row_at,
    date_diff('day', newest_rows.newest_row_at, {{ build_moment() }})::integer as age_in_days
from data_quality
left join previous_volumes using (source)
left join newest_rows using (source)
order by data_quality.source
