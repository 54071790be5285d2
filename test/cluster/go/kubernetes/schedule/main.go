// Answers, for each line of "zone TAB seconds TAB schedule" on its input, with the next three runs in seconds since the
// epoch as the controller of CronJobs counts them, "never", or "invalid".
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata"

	"github.com/robfig/cron/v3"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		parts := strings.SplitN(lines.Text(), "\t", 3)
		fmt.Fprintln(out, answer(parts[0], parts[1], parts[2]))
	}
}

func answer(zone, after, text string) string {
	schedule, err := cron.ParseStandard(text)
	location, unknown := time.LoadLocation(zone)
	seconds, wrong := strconv.ParseInt(after, 10, 64)
	if err != nil || unknown != nil || wrong != nil {
		return "invalid"
	}
	t := time.Unix(seconds, 0).In(location)
	runs := []string{}
	for len(runs) < 3 {
		if t = schedule.Next(t); t.IsZero() {
			return "never"
		}
		runs = append(runs, strconv.FormatInt(t.Unix(), 10))
	}
	return strings.Join(runs, " ")
}
