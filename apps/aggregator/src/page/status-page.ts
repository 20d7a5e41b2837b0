/** The one static page of a node: reads its own /status every second. No other resource, no HTML from data. */
export const statusPage: string = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>aggregator</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 42rem; padding: 0 1rem; color: #1c2530 }
  h1 { font-size: 1.3rem }
  .ok { color: #12783d } .bad { color: #b3261e }
  table { border-collapse: collapse; width: 100% }
  td, th { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #e3e8ee; overflow-wrap: anywhere }
  th { font-weight: 500; color: #5a6775; white-space: nowrap }
</style>
<h1 id="title">aggregator</h1>
<p id="health">asking …</p>
<table id="facts"></table>
<h2>Members</h2>
<table id="peers"></table>
<script>
  const row = (table, ...cells) => {
    const line = document.createElement('tr')
    cells.forEach((text, i) => {
      const cell = document.createElement(i === 0 ? 'th' : 'td')
      cell.textContent = text
      line.append(cell)
    })
    table.append(line)
  }
  const show = (status) => {
    const by = (id) => document.getElementById(id)
    by('title').textContent = status.node_id + ' · ' + status.role
    by('health').className = status.ready ? 'ok' : 'bad'
    by('health').textContent = status.ready ? 'ready' : status.not_ready_reason
    by('facts').replaceChildren()
    row(by('facts'), 'leader', status.leader_id || 'none', 'term ' + status.term)
    row(by('facts'), 'height', status.height, 'tip ' + status.tip_height)
    row(by('facts'), 'tip', status.tip_hash, status.block_time)
    row(by('facts'), 'log', 'commit ' + status.commit_index, 'applied ' + status.applied_index)
    by('peers').replaceChildren()
    row(by('peers'), status.node_id, status.role, 'this node')
    for (const peer of status.peers) row(by('peers'), peer.id, peer.suffrage, peer.address)
  }
  const fail = (error) => {
    document.getElementById('health').className = 'bad'
    document.getElementById('health').textContent = 'the node does not answer: ' + error.message
  }
  const ask = () => fetch('/status').then((answer) => answer.json()).then(show).catch(fail)
  ask()
  setInterval(ask, 1000)
</script>
</html>
`
