{#
  What kind of way led a visitor here: email, paid, social, organic, referral, direct (nobody said) or other. `medium` decides where it
  is known, else the site that they came from. Both are in lower case.
#}
{% macro traffic_source(origin, medium) -%}
  case
    when {{ medium }} in ('email', 'e-mail', 'e_mail', 'newsletter') or {{ origin }} in ('email', 'newsletter', 'sendgrid', 'klaviyo', 'mailchimp') then 'email'
    when regexp_full_match({{ medium }}, '(.*[_ -])?(cpc|ppc|cpm|cpv|paid|display|banner|retargeting|ads?)([_ -].*)?|paidsocial|paidsearch') then 'paid'
    when regexp_full_match({{ medium }}, 'social([_ -].*)?|sm') then 'social'
    when {{ medium }} = 'organic' then 'organic'
    when {{ origin }} is not null and (
      regexp_full_match({{ origin }}, '(.*[.])?(facebook|instagram|tiktok|twitter|pinterest|youtube|reddit|linkedin|threads)([.].*)?|fb|ig|x|t[.]co')
    ) then 'social'
    when {{ medium }} in ('referral', 'affiliate', 'partner') then 'referral'
    when coalesce({{ medium }}, '(none)') in ('(none)', 'none', '(not set)') and coalesce({{ origin }}, '(direct)') in ('(direct)', 'direct', '(not set)') then 'direct'
    else 'other'
  end
{%- endmacro %}
