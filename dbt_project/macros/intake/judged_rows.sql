{#
    The rows of a typed relation with the verdict on each: reject_reason, its problems or else
    that a sound row of the same key is kept instead, and raw_row where it is rejected. Of several
    sound rows the latest is kept where a moment is given; ties fall by the md5 of the row, so that
    the order of rows in a file decides nothing.
#}
{% macro judged_rows(typed, key, latest=none) %}
    with repeated as (
        select {{ key | join(', ') }}
        from {{ typed }}
        where problems is null
        group by all
        having count(*) > 1
    ),

    surplus as (
        select
            file,
            row_number,
            'a duplicate of the key {{ key | join(", ") }}' as reason
        from {{ typed }}
        semi join repeated using ({{ key | join(', ') }})
        where problems is null
        qualify row_number() over (
            partition by {{ key | join(', ') }}
            order by {% if latest %}{{ latest }} desc nulls last, {% endif %}md5(raw_row), file, row_number
        ) > 1
    )

    select
        typed.* exclude (raw_row, problems),
        coalesce(typed.problems, surplus.reason) as reject_reason,
        case when coalesce(typed.problems, surplus.reason) is not null then typed.raw_row end as raw_row
    from {{ typed }} as typed
    left join surplus using (file, row_number)
{% endmacro %}
