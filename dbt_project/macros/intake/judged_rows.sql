{#
    The rows of a typed relation with the verdict on each: reject_reason, its problems or else
    that a sound row of the same key is kept instead, and raw_row where it is rejected. Of several
    sound rows the latest is kept where a moment is given; ties fall by the md5 of the row, so that
    the order of rows in a file decides nothing. Where asked for, flags says of a sound row that an
    earlier key has the same values in all other columns.
#}
{% macro judged_rows(typed, key, latest=none, flag_duplicates=false) %}
    with surplus as (
        select
            *,
            'a duplicate of the key {{ key | join(", ") }}' as reason
        from ({{ surplus_rows(typed, key, (latest ~ ' desc nulls last, ' if latest else '') ~ 'md5(raw_row), file, row_number', 'problems is null') }})
    )

    {%- if flag_duplicates %},

    contents as (
        select
            file,
            row_number,
            {{ key | join(', ') }},
            md5(row(*columns(* exclude (
                {{ key | join(', ') }}, file, row_number, raw_row, raw_row_number, row_at, is_forgotten, problems, repairs
            )))::varchar) as content
        from {{ typed }}
        anti join surplus using (file, row_number)
        where problems is null
    ),

    duplicates as (
        select
            file,
            row_number,
            'a duplicate of another row but for the key {{ key | join(", ") }}' as flags
        from contents
        qualify row_number() over (partition by content order by {{ key | join(', ') }}) > 1
    )
    {%- endif %}

    select
        typed.* exclude (raw_row, problems),
        {{ 'duplicates.flags' if flag_duplicates else 'null::varchar' }} as flags,
        coalesce(typed.problems, surplus.reason) as reject_reason,
        case when coalesce(typed.problems, surplus.reason) is not null then typed.raw_row end as raw_row
    from {{ typed }} as typed
    left join surplus using (file, row_number)
    {%- if flag_duplicates %}
    left join duplicates using (file, row_number)
    {%- endif %}
{% endmacro %}


{#
    The places of rows beyond the first, in an order, of those with the same key. Repeated keys are found by their
    hash, which takes less time and memory than the keys; keys that share it are told apart after that.
#}
{% macro surplus_rows(rows, key, order_by, condition='true') %}
    select
        file,
        row_number
    from {{ rows }}
    semi join (
        select hash({{ key | join(', ') }}) as key_hash
        from {{ rows }}
        where {{ condition }}
        group by all
        having count(*) > 1
    ) as repeated on hash({{ key | join(', ') }}) = repeated.key_hash
    where {{ condition }}
    qualify row_number() over (partition by {{ key | join(', ') }} order by {{ order_by }}) > 1
{% endmacro %}
