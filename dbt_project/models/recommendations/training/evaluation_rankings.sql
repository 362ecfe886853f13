{% set rankings = ['popularity_rankings', 'random_rankings', 'weight_rankings', 'factor_rankings', 'predicted_rankings'] %}
{% for ranking in rankings %}
select
    fold,
    algorithm,
    user_number,
    rank::integer as rank,
    product_number,
    score
from {{ ref(ranking) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
