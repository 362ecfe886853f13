{#
    The rows of a typed relation with the verdict on each: reject_reason, its problems or else
    that a sound row of the same key is kept instead, and raw_row where it is rejected. Of several
    sound rows the latest is kept where a moment is given; ties fall by the md5 of the row, so that
    the order of rows in a file decides nothing. Where asked for, flags says of a sound row that an
    earlier key has the same values in all other columns.
#}
{% macro judged_rows(typed, key, latest=none, flag_duplicates=false) %}
    {%- set key_hash = 'hash(' ~ key | join(', ') ~ ')' %}
    {# By hash the few keys are found that may be there twice, in a fraction of the time; the key itself decides. #}
    with repeated as (
        select {{ key_hash }} as key_hash
        from {{ typed }}
        where problems is null
        group by all
        having count(*) > 1
    ),

    judged as (
        select
            *,
            problems as reject_reason
        from {{ typed }}
        where problems is not null or {{ key_hash }} not in (select key_hash from repeated)

        union all

        select
            *,
            case
                when
                    row_number() over (
                        partition by {{ key | join(', ') }}
                        order by {% if latest %}{{ latest }} desc nulls last, {% endif %}md5(raw_row), file, row_number
                    ) > 1
                    then 'a duplicate of the key {{ key | join(", ") }}'
            end as reject_reason
        from {{ typed }}
        where problems is null and {{ key_hash }} in (select key_hash from repeated)
    )

    {%- if flag_duplicates %},

    contents as (
        select
            file,
            row_number,
            {{ key | join(', ') }},
            md5(row(*columns(* exclude (
                {{ key | join(', ') }}, file, row_number, raw_row, raw_row_number, row_at, is_forgotten, problems, repairs, reject_reason
            )))::varchar) as content
        from judged
        where reject_reason is null
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
        judged.* exclude (raw_row, problems, reject_reason),
        {{ 'duplicates.flags' if flag_duplicates else 'null::varchar' }} as flags,
        judged.reject_reason,
        case when judged.reject_reason is not null then judged.raw_row end as raw_row
    from judged
    {%- if flag_duplicates %}
    left join duplicates using (file, row_number)
    {%- endif %}
{% endmacro %}
