{# Of a file on another scale part is rejected, and the rest means something else: say so from one row in a thousand on. #}
{% macro warn_if_ratings_leave_their_scale(checked_ratings) %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set masks = literal(tojson(var('masked_columns'))) -%}
    {%- set found = run_query(
        "with off as (select * from " ~ checked_ratings ~ " where regexp_matches(reject_reason, '\\brating is (below|above|not in steps of) ')),"
        ~ " first_of_them as (select * from off where reject_reason = (select mode(reject_reason) from off) order by file, row_number limit 1)"
        ~ " select (select count(*) from off), (select count(*) from " ~ checked_ratings ~ "),"
        ~ " (select reject_reason || example_of('ratings', reject_reason, file, row_number, " ~ masks ~ ") from first_of_them)"
    ).rows[0] -%}
    {%- if found[0] and found[0] * 1000 >= found[1] -%}
        {%- do exceptions.warn('ratings: ' ~ found[0] ~ ' of ' ~ found[1] ~ ' rows are not on the declared scale; mostly: ' ~ found[2] ~ '.') -%}
    {%- endif -%}
{% endmacro %}
