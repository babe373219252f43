#include "lib/url/rules_builtin.h"

namespace wirefold {

// A name comes in here when it is known to say how a reader came to the page, and never which page
// it is; a name that some site uses for content (id, ref, cid, source, from) belongs to the hosts
// that are known to use it otherwise. Whoever changes this raises kUrlRulesVersion.
const std::string_view kBuiltInUrlRules = R"rules(
[*]
# Campaign tagging: Google Analytics, AT Internet and Piano, Comscore, Matomo and Piwik, HubSpot
drop utm_* at_* ns_* mtm_* matomo_* piwik_* pk_* hsa_* itm_* stm_*
drop _hsenc _hsmi __hssc __hstc __hsfp hsctatracking
# Click identifiers of advertisers and networks
drop gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid
drop fbclid fb_action_ids fb_action_types fb_source fb_ref
drop msclkid yclid ysclid twclid ttclid li_fat_id igshid igsh epik rb_clickid
drop irclickid irgwc wickedid dicbo tblci ef_id s_kwcid zanpid vmcid
# Analytics that hand a visitor from one host to the next
drop _ga _gl __twitter_impression _openstat _branch_match_id _branch_referrer
drop guccounter guce_referrer guce_referrer_sig
# Newsletters: Mailchimp, Marketo, Omeda, Vero, Eloqua, Salesforce, Dotdigital, Blueshift
drop mc_cid mc_eid mkt_tok oly_enc_id oly_anon_id vero_id vero_conv
drop elqtrackid elqtrack elqaid elqat elqcampaignid sfmc_* dm_i bsft_* _ke _kx
# Newsrooms' own
drop ocid cmpid ito xtor ncid mbid s_cid sr_share soc_src soc_trk ref_src ref_url
drop wt.mc_id wt_mc wt_zmc wt.tsrc dlvrit hootpostid
drop sc_campaign sc_channel sc_content sc_cid cx_testid cx_testvariant cx_artpos
# Chinese networks: Alibaba and Sohu, Bilibili, WeChat, Weibo
drop spm spm_id_from nsukey isappinstalled share_token
drop from=timeline from=singlemessage from=groupmessage
# Sessions
fold phpsessid jsessionid aspsessionid* asp.net_sessionid sessionid session_id sessid oscsid zenid
# The AMP rendering of the same page
fold amp= amp=1 amp=true outputtype=amp
drop amp_js_v amp_gsa usqp

[bbc.com bbc.co.uk]
drop intlink_from_url link_location sthisfb pinned_post_type
[theguardian.com]
drop cmp
[dailymail.co.uk]
drop ico
[economist.com]
drop fsrc frsc
[dw.com]
drop maca
[rfi.fr france24.com]
drop ref aef_campaign_ref aef_campaign_date
[nytimes.com]
drop smid smtyp partner emc
[washingtonpost.com]
drop itid wpisrc wpmm hpid
[wsj.com]
drop mod reflink
[reuters.com]
drop feedtype feedname taid
[ft.com]
drop ftcamp sharetype segmentid
[cn.ft.com ftchinese.com]
fold full=y                     # all pages of an article on one
[bloomberg.com]
drop sref srnd leadsource
[youtube.com youtu.be]
drop feature si ab_channel pp
[twitter.com x.com]
drop s ref_src
[sohu.com]
drop scm _trans_ _f
[bilibili.com]
drop vd_source share_source share_medium share_plat share_session_id share_tag share_times unique_k
[solidot.org]
keep sid                        # the story, no session

# Hosts that give each writer a name below theirs: m.blogspot.com is a blog, no view of another.
[blogspot.com wordpress.com github.io tumblr.com substack.com livejournal.com typepad.com pixnet.net weebly.com wixsite.com hatenablog.com]
tenants
[blogspot.com]
fold m=0 m=1                    # the view for telephones
)rules";

}  // namespace wirefold
