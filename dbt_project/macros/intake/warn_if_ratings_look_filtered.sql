{# Filtering a file that somebody filtered before drops most of it without need: say so. #}
{% macro warn_if_ratings_look_filtered(checked_ratings) %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set per_user, per_product = var('ratings_min_per_user'), var('ratings_min_per_product') -%}
    {# One user and product in a hundred, with all of their ratings, mostly tells that it is not. #}
    {%- set some = fewest_ratings(checked_ratings, 100) -%}
    {%- if not (
        (per_user > 1 and (some[0] or per_user) >= per_user) or (per_product > 1 and (some[1] or per_product) >= per_product)
    ) -%}
        {{ return('') }}
    {%- endif -%}
    {%- set found = fewest_ratings(checked_ratings, 1) -%}
    {%- if (per_user > 1 and (found[0] or 0) >= per_user) or (per_product > 1 and (found[1] or 0) >= per_product) -%}
        {%- do exceptions.warn(
            'ratings: every user has at least ' ~ found[0] ~ ' and every product at least ' ~ found[1]
            ~ ' ratings, so the file looks filtered already. If it is, set the vars ratings_min_per_user'
            ~ ' (now ' ~ per_user ~ ') and ratings_min_per_product (now ' ~ per_product ~ ') to 1.'
        ) -%}
    {%- endif -%}
{% endmacro %}


{# The fewest ratings of any user and of any product among one in so many of them. #}
{% macro fewest_ratings(checked_ratings, one_in) %}
    {%- set counted = [] -%}
    {%- for key in ['user_id', 'product_id'] -%}
        {%- do counted.append(
            '(select min(n) from (select count(*) as n from ' ~ checked_ratings
            ~ ' where reject_reason is null and hash(' ~ key ~ ') % ' ~ one_in ~ ' = 0 group by ' ~ key ~ '))'
        ) -%}
    {%- endfor -%}
    {{ return(run_query('select ' ~ counted | join(', ')).rows[0]) }}
{% endmacro %}
