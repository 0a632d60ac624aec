package sim

// The words that generated companies are made of.

var firstNames = []string{"Aaron", "Aisha", "Alan", "Alice", "Amelia", "Ana", "Andre", "Anita", "Arthur", "Beatriz", "Ben", "Bianca",
	"Carlos", "Chloe", "Claire", "Daniel", "Daria", "David", "Deepa", "Diego", "Elena", "Eli", "Elsa", "Emma", "Erik", "Esther", "Fatima",
	"Felix", "Fiona", "Gabriel", "Grace", "Hana", "Hassan", "Helen", "Hugo", "Ines", "Isaac", "Ivan", "Jack", "Jasmine", "Joel", "Julia",
	"Kai", "Karim", "Kate", "Kenji", "Lara", "Leo", "Lena", "Liam", "Lucia", "Luis", "Maya", "Mei", "Mia", "Miguel", "Nadia", "Nina",
	"Noah", "Nora", "Oliver", "Omar", "Paula", "Pedro", "Priya", "Quinn", "Rafael", "Rosa", "Ruth", "Samir", "Sara", "Sofia", "Stefan",
	"Tara", "Theo", "Thomas", "Uma", "Valerie", "Victor", "Wei", "Yara", "Yusuf", "Zoe"}

var lastNames = []string{"Abbott", "Adams", "Ahmed", "Alvarez", "Anderson", "Baker", "Barnes", "Becker", "Bell", "Bennett", "Brooks",
	"Campbell", "Carter", "Castillo", "Clark", "Cohen", "Cooper", "Cruz", "Davies", "Diaz", "Edwards", "Ellis", "Evans", "Fischer",
	"Flores", "Foster", "Garcia", "Gomez", "Gray", "Green", "Gupta", "Hall", "Harris", "Hayes", "Hoffman", "Howard", "Hughes", "Ito",
	"Jackson", "Jenkins", "Johnson", "Kaur", "Kelly", "Khan", "Kim", "Kumar", "Larsen", "Lee", "Lewis", "Lin", "Martin", "Mendoza",
	"Meyer", "Mitchell", "Moore", "Morales", "Murphy", "Nakamura", "Nguyen", "Novak", "Okafor", "Olsen", "Ortiz", "Park", "Patel",
	"Perez", "Phillips", "Ramirez", "Reed", "Rivera", "Rossi", "Russell", "Sato", "Schmidt", "Shah", "Singh", "Stewart", "Suzuki",
	"Taylor", "Torres", "Turner", "Vargas", "Walker", "Wang", "Weber", "White", "Wilson", "Wright", "Young", "Zhang"}

var departments = []string{"Sales", "Support", "Billing", "Marketing", "Finance", "Legal", "Operations", "Engineering", "Logistics",
	"Human Resources", "Procurement", "Quality"}

var jobTitles = []string{"Account Manager", "Analyst", "Assistant", "Consultant", "Coordinator", "Director", "Engineer", "Manager",
	"Representative", "Specialist", "Supervisor", "Technician"}

var tollFreeAreas = [...]string{"800", "833", "844", "855", "866", "877", "888"}

var areas = []struct{ code, location string }{
	{"202", "Washington, DC"}, {"206", "Seattle, WA"}, {"212", "New York, NY"}, {"213", "Los Angeles, CA"}, {"214", "Dallas, TX"},
	{"215", "Philadelphia, PA"}, {"303", "Denver, CO"}, {"305", "Miami, FL"}, {"312", "Chicago, IL"}, {"313", "Detroit, MI"},
	{"404", "Atlanta, GA"}, {"408", "San Jose, CA"}, {"415", "San Francisco, CA"}, {"480", "Mesa, AZ"}, {"503", "Portland, OR"},
	{"512", "Austin, TX"}, {"602", "Phoenix, AZ"}, {"612", "Minneapolis, MN"}, {"615", "Nashville, TN"}, {"617", "Boston, MA"},
	{"619", "San Diego, CA"}, {"650", "San Mateo, CA"}, {"702", "Las Vegas, NV"}, {"704", "Charlotte, NC"}, {"713", "Houston, TX"},
	{"760", "Vista, CA"}, {"801", "Salt Lake City, UT"}, {"813", "Tampa, FL"}, {"816", "Kansas City, MO"}, {"919", "Raleigh, NC"},
}

// locationOf goes by the area code, and is empty for those not in the table.
func locationOf(number string) string {
	for _, area := range areas {
		if len(number) > 5 && number[2:5] == area.code {
			return area.location
		}
	}
	return ""
}
