{# Filtering a file that somebody filtered before drops most of it without need: say so. #}
{% macro warn_if_ratings_look_filtered(checked_ratings) %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set found = run_query(
        'with kept as (select user_id, product_id from ' ~ checked_ratings ~ ' where reject_reason is null) '
        ~ 'select (select min(n) from (select count(*) as n from kept group by user_id)),'
        ~ ' (select min(n) from (select count(*) as n from kept group by product_id))'
    ).rows[0] -%}
    {%- set per_user, per_product = var('ratings_min_per_user'), var('ratings_min_per_product') -%}
    {%- if (per_user > 1 and (found[0] or 0) >= per_user) or (per_product > 1 and (found[1] or 0) >= per_product) -%}
        {%- do exceptions.warn(
            'ratings: every user has at least ' ~ found[0] ~ ' and every product at least ' ~ found[1]
            ~ ' ratings, so the file looks filtered already. If it is, set the vars ratings_min_per_user'
            ~ ' (now ' ~ per_user ~ ') and ratings_min_per_product (now ' ~ per_product ~ ') to 1.'
        ) -%}
    {%- endif -%}
{% endmacro %}
