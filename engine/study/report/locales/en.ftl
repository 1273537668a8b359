# Everything that a reader of a study's report reads. The same messages stand in ru.ftl; a test compares them.

title = Does neural style transfer beat traditional methods?
lead =
    A study of style transfer on { $pairs ->
        [one] one pair
       *[other] { $pairs } pairs
    } of pictures: { $pictures } outputs, { $methods } methods, { $metrics } metrics, profile { $profile }.
contents = Contents
skip = Skip to the answer
yes = yes
nothing = none
enlarge = Enlarge
close = Close
sort-hint = Press a column’s title to sort by it.
full-table = The whole table
curves =
    { $count ->
        [one] One curve
       *[other] { $count } curves
    }

section-answer = The answer
section-limits = What the data do not show
section-front = Style against content
section-comparisons = The comparisons that decide
section-gallery = The pictures
section-effects = By which metric, and how much
section-components = What the differences come from
section-weights = Weights against pictures
section-parameters = Other parameters
section-orders = Denoise, enlarge, paint: which order
section-losses = Loss by iteration
section-votes = What people prefer
section-methods = Methods
section-metrics = Metrics
section-failures = What failed and what was not measured
section-setup = Settings, versions, hardware
section-files = Files

headline-supported = Yes, on these pictures.
headline-refuted = No, not on these pictures.
headline-more-style = It is a trade: more style, less content.
headline-more-content = It is a trade: more content, less style.
headline-disputed = The measures say yes, people say no.
headline-undecided = The data do not decide.
headline-too-few = Too few pictures to decide.
headline-unmeasured = What would decide was not measured.

answer-setting =
    The question was whether neural style transfer, here the preset “{ $neural }” chosen before any result was known, beats the traditional methods. { $pairs ->
        [one] It was compared with them on one pair
       *[other] It was compared with them on { $pairs } pairs
    } of pictures ({ $contents ->
        [one] one content
       *[other] { $contents } contents
    }, { $styles ->
        [one] one style
       *[other] { $styles } styles
    }), by measures that none of the compared methods optimises.
answer-supported =
    It does: against “{ $rival }”, the traditional method that comes closest to the style, it was the better one in { $stylewon } of the comparisons of style and { $contentwon } of those of content. No traditional method was better on one side without being worse on the other.
answer-refuted =
    It does not: at least one traditional method ({ $rivals }) was better in style or in keeping the content, and no worse in the other.
answer-more-style =
    Neither wins outright. Against “{ $rival }”, the traditional method that comes closest to the style, the neural picture was nearer to the style in { $stylewon } of the comparisons, but kept the content better in only { $contentwon } of them. Which one to prefer depends on whether the style or the original picture matters more.
answer-more-content =
    Neither wins outright. Against “{ $rival }”, the traditional method that comes closest to the style, the neural picture kept the content better in { $contentwon } of the comparisons, but was nearer to the style in only { $stylewon } of them. Which one to prefer depends on whether the style or the original picture matters more.
answer-disputed =
    By the measures it does: against “{ $rival }”, the traditional method that comes closest to the style, it was the better one in { $stylewon } of the comparisons of style and { $contentwon } of those of content. But people who voted without knowing the methods preferred “{ $rival }”, so the question stays open.
answer-undecided =
    The differences are too small, or vary too much from picture to picture, to call either side better. Against “{ $rival }”, the traditional method that comes closest to the style, the neural picture was the better one in { $stylewon } of the comparisons of style and { $contentwon } of those of content, which chance alone could bring about.
answer-too-few =
    That is too little for an answer: at least { $enough } pairs of { $pictures } different contents and { $pictures } different styles are needed before chance can be told from a difference. The figures below describe these pictures and no others.
answer-unmeasured =
    No answer can be given: the neural method, the traditional ones, or every measure that may decide is missing from these results.
answer-people-neural = People who voted without knowing the methods preferred the neural picture to that of “{ $rival }”.
answer-people-traditional = People who voted without knowing the methods preferred the picture of “{ $rival }” to the neural one.
answer-people-undecided = People who voted without knowing the methods preferred neither of these two clearly.

rests-on = The answer rests on these metrics. Style: { $style }. Content: { $content }.
rests-invalid =
    { $count ->
        [one] { $metrics } does not decide, because it misjudged the controls
       *[other] { $metrics } do not decide, because they misjudged the controls
    }: the untouched content must be best in content and worst of the controls in style, and the style picture the reverse.
rule = The rule was written down before any full run: engine/study/statistics/verdict.py.

limit-pictures = Other pictures: there were { $contents } contents and { $styles } styles, and intervals speak only of pictures like these.
limit-settings = Other settings: every method ran once with its usual parameters at { $size } px. A method that does badly here may do well with others, and “{ $neural }” stands for all of neural style transfer.
limit-measures = Beauty: the metrics measure closeness to the style and to the content, each in one respect. A texture method that copies pieces of the style is near to it by construction.
limit-votes = What people prefer: nobody has voted yet.
limit-network = What a second network would say: no features of a network that did not paint were measured.
limit-kin = A wholly neutral judge: the second network is of the same architecture as the one that paints, and may lean to what pleases the first.
limit-learnt = Photographs that the network has never seen: the builtin weights were learnt from some of these contents.
limit-noise = Small differences: those below the repeatability of a metric count as ties.
limit-no-noise = Chance in painting: no picture was repeated with another seed, so that the repeatability of the metrics is unknown.

family-neural = neural
family-ablation = ablation
family-traditional = traditional
family-control = control
family-combination = combination

against-style = style
against-content = content
against-both = style and content
against-none = nothing
by-other-network = { $metric }, other network
network-none = none
network-main = the one that painted
network-other = another one

relation-better = neural better
relation-worse = neural worse
relation-more-style = neural: more style, less content
relation-more-content = neural: more content, less style
relation-unclear = unclear

objection-decides = decides
objection-against = no: it judges neither style nor content alone
objection-network = no: it reads the network that painted
objection-optimised = no: colour transfer optimises it
objection-redundant = no: it orders pictures as another metric does
objection-controls = no: the controls that would check it were not measured
objection-best = no, failed its check: what it measures against is not the best
objection-worst = no, failed its check: the opposite control is not the worst
objection-unmeasured = not measured

column-method = Method
column-family = Family
column-style = Style score
column-content = Content score
column-front = On the front
column-seconds = Seconds
column-rival = Against
column-style-won = Better in style
column-content-won = Better in content
column-p = p
column-relation = Result
column-metric = Metric
column-effect = Effect g
column-won = Pairs won
column-pairs = Pairs
column-against = Measured against
column-range = Range
column-network = Network
column-source = Source
column-decides = Decides?
column-share-method = Method
column-share-style = Style picture
column-share-content = Content picture
column-share-parameter = Parameter
column-parameter = Parameter
column-share-rest = Rest
column-repeatability = Repeatability
column-agreement = Kendall’s W
column-purpose = What it does
column-parameters = Parameters
column-reason = Reason
column-pictures = Pictures
column-rank = Rank
column-strength = Strength
column-setting = Setting
column-value = Value

table-standings = Scores from 0 (the worst of these methods) to 1 (the best): the mean rank over the metrics that decide, with 95% intervals for other contents and styles. Seconds are medians; on a processor they are its own time, on one core.
table-orders = The same steps in each order. Scores as above, among these orders only.
table-combinations = Combinations beside painting alone. Scores as above, among these methods only.
table-comparisons = Share of the deciding metrics by which the neural picture is better, mean over the pairs, with 95% intervals for other contents and styles; p of Wilcoxon’s test after Holm’s correction.
table-medians = Median of each metric over the pairs. ↑ larger is better, ↓ smaller is better.
table-effects = The neural method against each other one. g: Hedges’ effect size of the paired differences, positive where the neural method is better, with 95% BCa bootstrap intervals over the pairs; p of Wilcoxon’s test after Holm’s correction over the methods.
table-metrics = What was measured.
table-components = Shares of each metric’s variance, from a model with crossed random effects. Repeatability: 95% of repetitions with another seed differ by less. Kendall’s W: 0 if the pairs order the methods at random, 1 if all pairs agree; p of Friedman’s test.
table-grids = Shares of each metric’s variance over the grid of a parameter, several contents and styles.
table-methods = What was compared.
table-failures = What could not be painted.
table-unmeasured = Metrics without a value.
table-votes = Bradley–Terry strengths from blind votes, with 95% intervals.
table-settings = Settings of the study.
table-environment = Where it ran.

plot-front = Each point is a method. Up is nearer to the style, right keeps more of the content; thin lines are 95% intervals. Nobody is better on both sides than the methods on the dashed line.
plot-front-line = front
plot-content = Content score
plot-style = Style score
plot-effect = { $metric }: effect of the neural method against each traditional one
plot-effect-axis = ← traditional better · g · neural better →
plot-grid = { $metric } against { $parameter }
plot-ratio = style / content weight, 1: the preset’s
plot-loss = Loss by iteration of { $method }
plot-iteration = iteration
plot-share = share of the variance
plot-components = Where the variance of each metric comes from

note-front = A single number cannot rank the methods: doing nothing keeps all of the content, and the style picture itself has all of the style. So each method is a point.
note-gallery = Each row begins with the content and the style. Press a picture to enlarge it; the full pictures are in the folder “pictures”.
note-gallery-left = { $count ->
        [one] One more pair is
       *[other] { $count } more pairs are
    } in the folder “pictures”; this page has room for a part.
note-effects = Filled points are significant after correction (p < 0.05), open ones are not. Only metrics that decide are drawn; the table has all.
note-losses = Median over the pairs, and the middle half of them. Each preset has its own losses and weights, so that curves of different methods must not be compared.
note-weights = Lines are medians over the pairs, bands the middle half of them.

noise-measured =
    The repeatability of { $count ->
        [one] one metric
       *[other] { $count } metrics
    } was measured by painting again with another seed: a difference below it says nothing.
noise-unmeasured = No picture was painted again with another seed, or all came out equal, so no repeatability is known.

weights-unknown = No grid of weights was painted, so that nothing is said here of the influence of the weights.
weights-one-style = The weights were varied for one style picture alone, so that their influence cannot be compared with that of the picture.
weights-style-more = The style picture matters more than the weights: it accounts for more of the variance in { $more } of { $count } metrics of style. This agrees with Yeh et al. (arXiv 1910.09447).
weights-ratio-more = Over this grid the weights matter at least as much as the style picture: in { $less } of { $count } metrics of style they account for no less of the variance. Yeh et al. (arXiv 1910.09447) found the opposite.

orders-none = No orders of combination were painted.
orders-alike = No order is clearly better than another: the differences are what chance could bring about.
orders-best-style = Closest to the style comes “{ $method }”.
orders-best-content = Most of the content keeps “{ $method }”.
orders-front = On both sides together nobody beats: { $methods }.

votes-lead = People chose between two pictures without knowing the methods.
failures-none = Every picture was painted, and every metric has a value.
skipped-lead = Passed over when the pictures were read:

grid-parameters = { $method } with other parameters
picture-content = content
picture-style = style
pair = { $content } × { $style }
alt-content = The content { $content }
alt-style = The style { $style }
alt-output = { $content } in the style of { $style } by { $method }

files-lead = The same numbers for programs: results.csv has a row for each picture and metric, results.json everything of the study, report.md this report without its page. The pictures are in the folder “pictures”, so that anybody can compute a metric again.
