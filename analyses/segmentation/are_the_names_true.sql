-- Are the names of segments true? Of how many of its customers each name is, and which other name would be truer.
select
    segments.dataset,
    segments.segment_name,
    segments.customers,
    round(100 * segments.fit_share, 1) as percent_of_whom_it_is_true,
    segments.builds_without_rule as builds_in_which_it_was_not,
    max_by(others.rule, others.fit_share) as rule_that_would_fit_as_well,
    round(100 * max(others.fit_share), 1) as percent_of_that_rule
from segmentation.segments as segments
left join segmentation.segment_naming_rules as others
    on
        segments.dataset = others.dataset
        and segments.segment_id = others.segment_id
        and segments.naming_rule <> others.rule
        and others.is_true
group by all
order by segments.dataset, segments.customers desc
