// Completion scripts for three shells. They ask the command itself (`fleetblock __complete`), so that what is offered is always what the
// command takes: one candidate per line, with a tab and a description where there is one; `:files` stands for the names of files.

/** The choices of `completion`; each has a template in SCRIPTS. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
/** One of SHELLS. */
export type Shell = (typeof SHELLS)[number];

/** To be put where the shell looks for completions; it calls `fleetblock __complete` each time. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# fleetblock completion
_fleetblock() {
  # Not COMP_WORDS: they are taken apart at the colon of list:NAME.
  local line="\${COMP_LINE:0:COMP_POINT}" words current
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current="\${words[-1]}"
  mapfile -t COMPREPLY < <(fleetblock __complete -- "\${words[@]:1}" 2>/dev/null)
  if [[ \${COMPREPLY[0]} == :files ]]; then
    compopt -o default 2>/dev/null && COMPREPLY=() && return
    mapfile -t COMPREPLY < <(compgen -f -- "\${current#*=}")
    return
  fi
  COMPREPLY=("\${COMPREPLY[@]%%$'\\t'*}")
  # The shell replaces what comes after the last of these only.
  [[ $current == *[:=]* ]] && COMPREPLY=("\${COMPREPLY[@]#"\${current%"\${current##*[:=]}"}"}")
  [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _fleetblock fleetblock
`,
  zsh: `#compdef fleetblock
_fleetblock() {
  local -a lines
  lines=("\${(@f)$(fleetblock __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $lines[1] == :files ]]; then
    compset -P '--*='
    _files
    return
  fi
  lines=(\${\${\${lines:#}//:/\\\\:}/$'\\t'/:})
  if [[ $lines[1] == *= ]]; then _describe -V fleetblock lines -S ''; else _describe -V fleetblock lines; fi
}
if [[ $funcstack[1] == _fleetblock ]]; then _fleetblock; else compdef _fleetblock fleetblock; fi
`,
  fish: `# fleetblock completion
function __fleetblock_complete
  set -l current (commandline -ct)
  set -l before (commandline -opc)
  set -l answer (fleetblock __complete -- $before[2..] "$current" 2>/dev/null)
  if test "$answer[1]" = :files
    __fish_complete_path (string replace -r '^--[a-z-]+=' '' -- "$current")
  else if set -q answer[1]
    printf '%s\\n' $answer
  end
end
complete -c fleetblock -f -a '(__fleetblock_complete)'
`,
};
