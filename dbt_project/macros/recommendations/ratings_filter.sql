{# Stop with one line where the ratings filter leaves nothing of a data set to recommend from. #}
{% macro stop_if_nothing_is_kept() %}{{ return(adapter.dispatch('stop_if_nothing_is_kept', 'customer_analytics')()) }}{% endmacro %}

{# Spark is handed what DuckDB has judged. #}
{% macro spark__stop_if_nothing_is_kept() %}{{ return('') }}{% endmacro %}

{% macro duckdb__stop_if_nothing_is_kept() %}
    select
        error(
            case
                when not specs.has_stars
                    then
                        specs.dataset || ': nobody has bought anything and kept it; bring files with sales, or take '
                        || specs.dataset || ' out of sources_enabled.'
                else
                    specs.dataset || ': no rating passes the filter: users need ' || specs.min_ratings_per_user || ' ratings'
                    || ' and products ' || specs.min_ratings_per_product || ' of theirs, and '
                    || (
                        select count(distinct ratings.user_id)
                        from {{ ref('recommendation_ratings') }} as ratings
                        where ratings.dataset = specs.dataset
                    )
                    || ' users and 0 products do; bring more ratings,'
                    || ' lower the vars ratings_min_per_user and ratings_min_per_product (1 switches off),'
                    || ' or take ' || specs.dataset || ' out of sources_enabled.'
            end
        )
    from {{ ref('recommendation_specs') }} as specs
    where
        not exists (
            select ratings.dataset
            from {{ this }} as ratings
            where ratings.dataset = specs.dataset and (specs.has_stars or ratings.rating > 0)
        )
{% endmacro %}
