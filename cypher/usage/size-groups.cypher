// title: Groups of sizes
// question: Which groups do sizes of models fall into, and how much is each liked and downloaded?
// tags: usage, size, overview
// draw: bar models
// precomputed: yes
// column name (string): A group with its smallest and its largest size, or a fixed band.
// column by (string): `k-means`: the five groups in which log10(parameters), in steps of 0.01, differs
//   least from its mean, of all that there can be; `bands`: the fixed bands.
// column smallest (integer, count): Fewest parameters in it.
// column largest (integer, count): Most parameters in it.
// column models (integer, models): Models in it, of those whose number of parameters is known.
// column share (float): Share of those, from 0 to 1.
// column mean_likes (float, count): Mean likes, which a handful of models rules.
// column median_likes (integer, count): Likes that half of them reach.
// column likes (integer, count): Likes of all of them.
// column median_downloads (integer, count): Downloads of the last 30 days that half of them reach.

CALL () {
  MATCH (m:Model)
  WHERE here(m) AND m.parameters > 0
  WITH toInteger(round(100 * log10(m.parameters))) AS place, count(*) AS models
  ORDER BY place
  RETURN collect(place) AS places, collect(models) AS counts
}
WITH places, size(places) AS n,
     [j IN range(0, size(places)) | reduce(s = 0.0, c IN counts[..j] | s + c)] AS weight,
     [j IN range(0, size(places)) |
       reduce(s = 0.0, i IN range(0, j - 1) | s + counts[i] * places[i])] AS sum,
     [j IN range(0, size(places)) |
       reduce(s = 0.0, i IN range(0, j - 1) | s + counts[i] * places[i] * places[i])] AS square
WITH *, [j IN range(0, n) |
  CASE WHEN j > 0 THEN [square[j] - sum[j] * sum[j] / weight[j], []] END] AS one
cut_once_more(one, two, 2)
cut_once_more(two, three, 3)
cut_once_more(three, four, 4)
cut_once_more(four, five, 5)
WITH [i IN five[n][1] | places[i]] AS cuts, weight[n] AS all_models
CALL (cuts) {
  MATCH (m:Model)
  WHERE here(m) AND m.parameters > 0
  WITH m, m.parameters AS number, m.likes AS likes, m.downloads AS downloads
  UNWIND ['k-means', 'bands'] AS by
  WITH by, number, likes, downloads, CASE by WHEN 'bands' THEN size_band(number) ELSE
    'group ' + (1 + size([cut IN cuts WHERE toInteger(round(100 * log10(number))) >= cut])) END
    AS name
  RETURN by, name, min(number) AS smallest, max(number) AS largest, count(*) AS models,
         avg(likes) AS mean_likes, percentileDisc(likes, 0.5) AS median_likes,
         known_sum(likes) AS likes, percentileDisc(downloads, 0.5) AS median_downloads
}
WITH * WHERE cuts IS NOT NULL OR by = 'bands'
RETURN CASE by WHEN 'bands' THEN name ELSE
         size_words(smallest) + ' to ' + size_words(largest) END AS name,
       by,
       smallest,
       largest,
       models,
       models / all_models AS share,
       mean_likes,
       median_likes,
       likes,
       median_downloads
ORDER BY by DESC, smallest;
